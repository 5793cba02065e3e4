// cruddur cognito list-users, set-password and rotate-keys, cruddur token: the user pool.
#include "accounts/pool_commands.h"

#include <fmt/format.h>

#include <iostream>
#include <string>

#include "accounts/built_in_token.h"
#include "app/db_commands.h"
#include "app/users_database.h"
#include "base/clock.h"
#include "base/run_task.h"
#include "json/pretty.h"

namespace cruddur::app {
namespace {

int ListUsers(const Settings& settings) {
  const base::SystemClock clock;
  auto pool = CognitoPoolOf(settings, clock);
  if (!pool) return Failed(pool.error().message);
  auto users = *pool ? base::RunTask(accounts::ListAllUsers(**pool))
                     : accounts::ListBuiltInPoolUsers(DatabaseOf(settings));
  if (!users) return Failed(users.error().message);

  std::string list, subs;
  json::Writer list_writer(list), sub_writer(subs);
  list_writer.BeginObject().Key("Users").BeginArray();
  sub_writer.BeginObject();
  for (const accounts::PoolUser& user : *users) {
    accounts::WritePoolUser(list_writer, user);
    if (!user.preferred_username.empty()) {
      sub_writer.EscapedKey(user.preferred_username).String(user.sub);
    }
  }
  list_writer.EndArray().EndObject();
  sub_writer.EndObject();
  fmt::print("{}\n{}\n", json::Pretty(list), json::Pretty(subs));
  return EXIT_SUCCESS;
}

int PrintToken(const Settings& settings, const std::string& handle, int64_t expires_in) {
  const base::SystemClock clock;
  auto token = accounts::MintToken(DatabaseOf(settings), KeysFolder(settings), handle,
                                   std::chrono::seconds(expires_in), clock);
  if (!token) return Failed(token.error().message);
  fmt::print("{}\n", *token);
  return EXIT_SUCCESS;
}

// From standard input: an argument would stand in the list of processes and in the shell's history.
int SetPassword(const Settings& settings, const std::string& handle) {
  std::string password;
  std::getline(std::cin, password);
  auto done = accounts::SetPoolPassword(DatabaseOf(settings), handle, password,
                                        accounts::OldPassword::kReplace, base::SystemClock());
  if (!done) return Failed(done.error().message);
  fmt::print("@{} has a new password\n", handle);
  return EXIT_SUCCESS;
}

int RotateKeys(const Settings& settings) {
  const base::SystemClock clock;
  for (const auto& [prefix, kind] : {std::pair{accounts::kAccessKeys, "access tokens"},
                                     std::pair{accounts::kIdKeys, "ID tokens"}}) {
    auto keys = accounts::BuiltInKeys::Open(KeysFolder(settings), clock, prefix);
    if (!keys) return Failed(keys.error().message);
    const auto rotated = (*keys)->Rotate();
    if (!rotated) return Failed(rotated.error().message);
    fmt::print("{} are signed with {} from now on\n", kind, (*keys)->signer().kid);
  }
  return EXIT_SUCCESS;
}

}  // namespace

void AddCognitoCommands(CommandLine& line) {
  CLI::App& cognito = line.AddGroup(line.root(), "cognito", "The user pool");
  line.AddCommand(cognito, "list-users", "The pool's users as JSON, then handle -> sub",
                  kPoolSettings, ListUsers);
  auto& handle = line.Own<std::string>();
  CLI::App& set_password = line.AddCommand(
      cognito, "set-password",
      "Give a user of the built-in pool the password that stands on standard input", kUsersSettings,
      [&](const Settings& settings) { return SetPassword(settings, handle); });
  set_password.add_option("HANDLE", handle, "the user's handle")->required();
  line.AddCommand(
      cognito, "rotate-keys",
      "Give the built-in pool new keys; what the old ones signed is good until it expires",
      {"data", "config"}, RotateKeys);
}

void AddTokenCommand(CommandLine& line) {
  auto& handle = line.Own<std::string>();
  auto& expires_in = line.Own<int64_t>();
  expires_in = accounts::kDefaultTokenLife.count();
  CLI::App& command = line.AddCommand(
      line.root(), "token", "Print an access token of the built-in pool", kUsersSettings,
      [&](const Settings& settings) { return PrintToken(settings, handle, expires_in); });
  command.add_option("HANDLE", handle, "the user's handle")->required();
  command.add_option("--expires-in", expires_in, "seconds")->capture_default_str();
}

}  // namespace cruddur::app
