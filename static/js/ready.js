// First of all, so that nothing jumps: the style sheet folds the menu only where script can unfold it.
document.documentElement.classList.add("js");
