// tests/support/sql_client.h: a connection to PostgreSQL or MariaDB that the tests can rely on
// while the product's own sessions are what is tested: no SOCI, no plugin, nothing pinned.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cambium::testing {

class SqlClient {
public:
  using Row = std::vector<std::optional<std::string>>;

  virtual ~SqlClient() = default;
  // One statement; its rows as text, none if it has no result. Throws std::runtime_error with the
  // server's words.
  virtual std::vector<Row> ask(const std::string& sql) = 0;

  // The first value of the first row; "" if there is none or it is NULL.
  std::string value(const std::string& sql);
};

// In: postgres://USER[:PASSWORD]@[HOST[:PORT]]/DATABASE[?host=SOCKET_FOLDER&port=…] (whatever libpq
// takes), or mariadb://USER[:PASSWORD]@[HOST[:PORT]]/DATABASE[?socket=FILE&ca=FILE]; with `ca` the
// connection is encrypted and the server's certificate checked. Out: null and `error` if it cannot
// be opened.
std::unique_ptr<SqlClient> connect(const std::string& url, std::string& error);
// The same, throws instead.
std::unique_ptr<SqlClient> connect(const std::string& url);

// %XX for everything that may not stand in a url as it is; slashes stay.
std::string urlEncode(const std::string&);

}  // namespace cambium::testing
