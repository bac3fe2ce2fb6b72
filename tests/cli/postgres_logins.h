// tests/cli/postgres_logins.h: a package on a real PostgreSQL, and applications that ask it as
// logins of their own, which have a role of the model and nothing else.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/cli/cli_fixture.h"
#include "tests/support/servers.h"
#include "tests/support/sql_client.h"

namespace cambium::testing {

class PostgresLogins : public Cli {
protected:
  // `model` is active, its logins have their roles, and the database's rows are there.
  void begin(const std::string& model,
             const std::vector<std::pair<std::string, std::string>>& roleOfLogin,
             const std::vector<std::string>& rows) {
    owner_ = connect(database_.url());
    // Logins are of the server: one of an earlier test may be there.
    for (const auto& [login, role] : roleOfLogin)
      owner_->ask("DO $$BEGIN CREATE ROLE " + login +
                  " LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$");
    putVersion("1.0.0", model);
    must("seal -q");
    must("apply -e dev -q");
    for (const auto& [login, role] : roleOfLogin) owner_->ask("GRANT " + role + " TO " + login);
    for (const std::string& sql : rows) owner_->ask(sql);
  }
  void putVersion(const std::string& version, const std::string& model) const {
    put("package.cam", "package shop version \"" + version + "\"\nenvironment dev { url \"" +
                           database_.url() + "\"  destructive allow }\n");
    put("model.cam", model);
  }
  void must(const std::string& arguments) const {
    const Ended ended = cambium(arguments);
    ASSERT_EQ(ended.exit, 0) << "cambium " << arguments << "\n" << ended.out << ended.err;
  }
  // A login that says for which tenant it asks; "" = it does not.
  std::unique_ptr<SqlClient> as(const std::string& login, const std::string& tenant) const {
    std::string url = database_.url();
    const size_t at = url.find("postgres@");
    if (at == std::string::npos) throw std::runtime_error("no user in " + url);
    auto client = connect(url.replace(at, 8, login));
    if (!tenant.empty()) client->ask("SET app.tenant = '" + tenant + "'");
    return client;
  }
  // Rows, cells and rows parted; or "refused" and why.
  static std::string ask(SqlClient& client, const std::string& sql) {
    try {
      std::string out;
      for (const auto& row : client.ask(sql)) {
        for (size_t i = 0; i < row.size(); ++i) out += (i ? "," : "") + row[i].value_or("NULL");
        out += ";";
      }
      return out;
    } catch (const std::exception& e) {
      const std::string why = e.what();
      if (why.find("row-level security") != std::string::npos) return "refused: row";
      if (why.find("permission denied") != std::string::npos) return "refused: right";
      return why;
    }
  }

  TestDatabase database_ = TestServer::shared(ServerKind::postgres).freshDatabase();
  std::unique_ptr<SqlClient> owner_;
};

}  // namespace cambium::testing
