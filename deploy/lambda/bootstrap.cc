// The zip's `bootstrap`: `cruddur lambda` alone, with as few libraries as that needs, since a cold
// start loads them all.
#include <cstdlib>
#include <string>

#include "app/serve_commands.h"

int main() {
  // Debian's OpenSSL looks for certificates where Lambda's system has none: they are in the zip.
  if (const char* root = std::getenv("LAMBDA_TASK_ROOT"); root != nullptr) {
    setenv("SSL_CERT_FILE", (std::string(root) + "/ca-certificates.crt").c_str(), 0);
  }
  cruddur::app::CommandLine line;
  cruddur::app::AddLambdaCommand(line);
  const char* const words[] = {"bootstrap", "lambda"};
  return line.Main(2, words);
}
