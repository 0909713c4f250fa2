"""Seal with another certificate from now on: the agency's own, or a fresh one made here."""

import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from supervision.records import certificate


class Command(BaseCommand):
    help = (
        "Replace the certificate that seals PDFs. Files sealed before stay valid. A passphrase is read from the "
        "environment variable SEAL_PASSPHRASE, never from the command line."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument(
            "--new", metavar="ORGANIZATION", help="make a fresh one in the name of this organization"
        )
        source.add_argument(
            "--p12", type=Path, metavar="FILE", help="PKCS#12 file with certificate, chain and key"
        )
        source.add_argument("--certificate", type=Path, metavar="FILE", help="the certificate, as PEM")
        parser.add_argument(
            "--key", type=Path, metavar="FILE", help="with --certificate: its private key, as PEM"
        )
        parser.add_argument(
            "--chain", type=Path, metavar="FILE", help="with --certificate: who vouches for it, as PEM"
        )

    def handle(self, *args: object, **options: Path | str | None) -> None:
        try:
            made = self._replace(options)
        except OSError as problem:
            raise CommandError(f"Cannot read {problem.filename}: {problem.strerror}.") from problem
        except certificate.SealUnavailable as problem:
            raise CommandError(problem.message) from problem
        self.stdout.write(f"PDFs are sealed with this certificate from now on (SHA-256): {made}")
        self.stdout.write("Keep a copy of the secrets directory. Publish root.pem and this fingerprint.")

    def _replace(self, options: dict[str, Path | str | None]) -> str:
        passphrase = os.environ.get("SEAL_PASSPHRASE", "")
        if options["new"] is not None:
            return certificate.replace_with_new(str(options["new"]))
        if isinstance(options["p12"], Path):
            return certificate.replace_with_pkcs12(options["p12"].read_bytes(), passphrase)
        leaf, key, chain = options["certificate"], options["key"], options["chain"]
        if not isinstance(leaf, Path) or not isinstance(key, Path):
            raise CommandError("--certificate needs --key as well.")
        return certificate.replace_with_pem(
            leaf.read_bytes(),
            key.read_bytes(),
            chain.read_bytes() if isinstance(chain, Path) else b"",
            passphrase,
        )
