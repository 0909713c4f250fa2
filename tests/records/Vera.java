import java.io.FileInputStream;
import java.util.Map;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Arguments: flavours with commas between ("3a,ua1"), then files. One line each; the broken rules below it. */
public class Vera {
  private static final int MOST_ASSERTIONS = 500;

  public static void main(String[] arguments) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    boolean allPass = arguments.length > 1;
    for (int i = 1; i < arguments.length; i++) {
      for (String flavour : arguments[0].split(",")) {
        allPass &= check(arguments[i], PDFAFlavour.fromString(flavour));
      }
    }
    System.exit(allPass ? 0 : 1);
  }

  private static boolean check(String file, PDFAFlavour flavour) throws Exception {
    try (FileInputStream input = new FileInputStream(file);
        PDFAParser parser = Foundries.defaultInstance().createParser(input, flavour)) {
      PDFAValidator validator =
          Foundries.defaultInstance().createValidator(flavour, MOST_ASSERTIONS, false, true, false);
      ValidationResult result = validator.validate(parser);
      System.out.printf(
          "%s %s %s, %d checks%n",
          result.isCompliant() ? "PASS" : "FAIL", flavour.getId(), file, result.getTotalAssertions());
      for (Map.Entry<String, String> rule : broken(result).entrySet()) {
        System.out.println("  " + rule.getKey() + " " + rule.getValue());
      }
      return result.isCompliant() && result.getTotalAssertions() > 0;
    }
  }

  private static Map<String, String> broken(ValidationResult result) {
    Map<String, String> rules = new TreeMap<>();
    for (TestAssertion one : result.getTestAssertions()) {
      if (one.getStatus() == TestAssertion.Status.FAILED) {
        String rule = one.getRuleId().getClause() + "-" + one.getRuleId().getTestNumber();
        rules.putIfAbsent(rule, one.getMessage() + " @ " + one.getLocation().getContext());
      }
    }
    return rules;
  }
}
