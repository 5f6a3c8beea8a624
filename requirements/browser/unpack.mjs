// Unpacks the Chromium of @sparticuz/chromium and the libraries that it needs
// into the folder in TMPDIR, and prints the path of the program. Run by
// tests/fixtures/chromium.py, which says to it that this is a Lambda: only then
// does it unpack libnss3 and its neighbours, which a bare Debian does not have.
import chromium from "@sparticuz/chromium";

console.log(await chromium.executablePath());
