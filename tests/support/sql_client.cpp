#include "tests/support/sql_client.h"

#include <libpq-fe.h>
#include <mysql.h>

#include <cctype>
#include <cstdlib>
#include <map>
#include <stdexcept>

namespace cambium::testing {
namespace {

constexpr unsigned kConnectSeconds = 10;

std::string withoutNewline(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// ---- PostgreSQL
class PostgresClient : public SqlClient {
public:
  explicit PostgresClient(PGconn* connection) : connection_(connection) {}
  ~PostgresClient() override { PQfinish(connection_); }

  std::vector<Row> ask(const std::string& sql) override {
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection_, sql.c_str()),
                                                                PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY)
      throw std::runtime_error(withoutNewline(PQerrorMessage(connection_)) + "\n  in " + sql);
    std::vector<Row> rows;
    for (int i = 0; i < PQntuples(result.get()); ++i) {
      Row& row = rows.emplace_back();
      for (int j = 0; j < PQnfields(result.get()); ++j) {
        if (PQgetisnull(result.get(), i, j))
          row.emplace_back();
        else
          row.emplace_back(PQgetvalue(result.get(), i, j));
      }
    }
    return rows;
  }

private:
  PGconn* connection_;
};

std::unique_ptr<SqlClient> connectPostgres(const std::string& url, std::string& error) {
  PGconn* const connection = PQconnectdb(url.c_str());
  auto client = std::make_unique<PostgresClient>(connection);
  if (PQstatus(connection) == CONNECTION_OK) {
    PQsetNoticeProcessor(
        connection, [](void*, const char*) {}, nullptr);
    return client;
  }
  error = withoutNewline(PQerrorMessage(connection));
  return nullptr;
}

// ---- MariaDB
class MariaClient : public SqlClient {
public:
  explicit MariaClient(MYSQL* connection) : connection_(connection) {}
  ~MariaClient() override { mysql_close(connection_); }

  std::vector<Row> ask(const std::string& sql) override {
    if (mysql_real_query(connection_, sql.data(), sql.size()) != 0) fail(sql);
    const std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> result(mysql_store_result(connection_),
                                                                  mysql_free_result);
    if (mysql_errno(connection_) != 0) fail(sql);
    std::vector<Row> rows;
    if (!result) return rows;
    const unsigned columns = mysql_num_fields(result.get());
    while (MYSQL_ROW fields = mysql_fetch_row(result.get())) {
      const unsigned long* const sizes = mysql_fetch_lengths(result.get());
      Row& row = rows.emplace_back();
      for (unsigned i = 0; i < columns; ++i) {
        if (fields[i])
          row.emplace_back(std::string(fields[i], sizes[i]));
        else
          row.emplace_back();
      }
    }
    return rows;
  }

private:
  [[noreturn]] void fail(const std::string& sql) {
    throw std::runtime_error(std::string(mysql_error(connection_)) + "\n  in " + sql);
  }

  MYSQL* connection_;
};

std::string urlDecode(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::strtol(text.substr(i + 1, 2).c_str(), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// "a", "b" of "a=b"; the second is empty if there is no `mark`.
std::pair<std::string, std::string> cut(const std::string& text, char mark) {
  const size_t at = text.find(mark);
  if (at == std::string::npos) return {text, ""};
  return {text.substr(0, at), text.substr(at + 1)};
}

std::unique_ptr<SqlClient> connectMaria(const std::string& url, std::string& error) {
  const auto [address, query] = cut(url.substr(url.find("://") + 3), '?');
  const auto [authority, database] = cut(address, '/');
  const size_t at = authority.rfind('@');
  const auto [user, password] = at == std::string::npos ? std::pair<std::string, std::string>()
                                                        : cut(authority.substr(0, at), ':');
  const auto [host, port] = cut(authority.substr(at == std::string::npos ? 0 : at + 1), ':');
  std::map<std::string, std::string> options;
  for (std::string rest = query; !rest.empty();) {
    const auto [option, others] = cut(rest, '&');
    const auto [name, value] = cut(option, '=');
    options[name] = urlDecode(value);
    rest = others;
  }
  MYSQL* const connection = mysql_init(nullptr);
  auto client = std::make_unique<MariaClient>(connection);
  mysql_optionsv(connection, MYSQL_OPT_CONNECT_TIMEOUT, &kConnectSeconds);
  mysql_optionsv(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (const std::string& ca = options["ca"]; !ca.empty()) {
    const my_bool yes = 1;
    mysql_optionsv(connection, MYSQL_OPT_SSL_ENFORCE, &yes);
    mysql_optionsv(connection, MYSQL_OPT_SSL_CA, ca.c_str());
    mysql_optionsv(connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
  }
  const std::string& socket = options["socket"];
  const std::string name = urlDecode(user);
  const std::string secret = urlDecode(password);
  const std::string base = urlDecode(database);
  if (mysql_real_connect(connection, host.empty() ? nullptr : host.c_str(), name.c_str(),
                         secret.c_str(), base.empty() ? nullptr : base.c_str(),
                         static_cast<unsigned>(std::atoi(port.c_str())),
                         socket.empty() ? nullptr : socket.c_str(), 0))
    return client;
  error = mysql_error(connection);
  return nullptr;
}

}  // namespace

std::string SqlClient::value(const std::string& sql) {
  const auto rows = ask(sql);
  return rows.empty() || rows[0].empty() ? "" : rows[0][0].value_or("");
}

std::unique_ptr<SqlClient> connect(const std::string& url, std::string& error) {
  if (url.starts_with("postgres://") || url.starts_with("postgresql://"))
    return connectPostgres(url, error);
  if (url.starts_with("mariadb://") || url.starts_with("mysql://")) return connectMaria(url, error);
  error = "no url of PostgreSQL or MariaDB: " + url;
  return nullptr;
}

std::unique_ptr<SqlClient> connect(const std::string& url) {
  std::string error;
  auto client = connect(url, error);
  if (!client) throw std::runtime_error(error);
  return client;
}

std::string urlEncode(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) ||
        std::string_view("-._~/").find(c) != std::string_view::npos) {
      out += c;
    } else {
      constexpr const char* digits = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return out;
}

}  // namespace cambium::testing
