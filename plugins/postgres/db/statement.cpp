#include "plugins/postgres/db/statement.h"

#include <cctype>
#include <cstdlib>

#include "plugins/postgres/db/errors.h"

namespace cambium::dialect::postgres {
namespace {

bool isWord(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80);
}

// The end of what begins at `at` and has no parameters in it; `at` itself if nothing does.
size_t endOfLiteral(std::string_view sql, size_t at) {
  const auto behind = [&](size_t found, size_t length) {
    return found == std::string_view::npos ? sql.size() : found + length;
  };
  const char c = sql[at];
  if (c == '\'' || c == '"') return behind(sql.find(c, at + 1), 1);
  if (sql.substr(at, 2) == "--") return behind(sql.find('\n', at), 1);
  if (sql.substr(at, 2) == "/*") return behind(sql.find("*/", at + 2), 2);
  if (c == '$' && (at == 0 || !isWord(sql[at - 1]))) {
    size_t end = at + 1;
    while (end < sql.size() && isWord(sql[end])) ++end;
    if (end < sql.size() && sql[end] == '$') {
      const std::string_view tag = sql.substr(at, end + 1 - at);
      return behind(sql.find(tag, end + 1), tag.size());
    }
  }
  if (sql.substr(at, 2) == "::" || sql.substr(at, 2) == ":=") return at + 2;
  return at;
}

struct Prepared {
  std::string sql;
  std::vector<const char*> values;
};

Prepared numbered(std::string_view sql, Values values) {
  Prepared out;
  std::vector<int> numbers(values.size(), 0);
  for (size_t i = 0; i < sql.size();) {
    if (const size_t end = endOfLiteral(sql, i); end > i) {
      out.sql += sql.substr(i, end - i);
      i = end;
      continue;
    }
    size_t end = i + 1;
    if (sql[i] == ':') {
      while (end < sql.size() && isWord(sql[end])) ++end;
      const std::string_view name = sql.substr(i + 1, end - i - 1);
      for (size_t v = 0; v < values.size() && !name.empty(); ++v) {
        std::string_view known = values[v].first;
        if (known.starts_with(':')) known.remove_prefix(1);
        if (known != name) continue;
        if (!numbers[v]) {
          out.values.push_back(values[v].second ? values[v].second->c_str() : nullptr);
          numbers[v] = static_cast<int>(out.values.size());
        }
        out.sql += "$" + std::to_string(numbers[v]);
        i = end;
        break;
      }
      if (i == end) continue;
    }
    out.sql += sql.substr(i, end - i);
    i = end;
  }
  return out;
}

DbResult<Result> checked(PGconn* connection, std::string_view sql, Result result) {
  const auto status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
  if (status == PGRES_EMPTY_QUERY) {
    DbError error;
    error.message = "there is no statement";
    return Failure{std::move(error)};
  }
  return Failure{errorOf(connection, result.get(), sql)};
}

}  // namespace

DbResult<Result> run(PGconn* connection, std::string_view sql, Values values) {
  const Prepared prepared = numbered(sql, values);
  // With parameters or without: in this protocol a text is one statement or an error.
  Result result(
      PQexecParams(connection, prepared.sql.c_str(), static_cast<int>(prepared.values.size()),
                   nullptr, prepared.values.data(), nullptr, nullptr, 0),
      PQclear);
  return checked(connection, sql, std::move(result));
}

DbResult<Result> Repeated::run(PGconn* connection, std::string_view sql, Values values) {
  const Prepared prepared = numbered(sql, values);
  auto known = names_.find(prepared.sql);
  if (known == names_.end()) {
    const std::string name = "cambium_" + std::to_string(names_.size() + 1);
    Result made(PQprepare(connection, name.c_str(), prepared.sql.c_str(), 0, nullptr), PQclear);
    auto done = checked(connection, sql, std::move(made));
    if (!done) return done;
    known = names_.emplace(prepared.sql, name).first;
  }
  Result result(
      PQexecPrepared(connection, known->second.c_str(), static_cast<int>(prepared.values.size()),
                     prepared.values.data(), nullptr, nullptr, 0),
      PQclear);
  return checked(connection, sql, std::move(result));
}

std::vector<Row> rowsOf(const PGresult* result) {
  std::vector<Row> rows;
  const int count = PQntuples(result), width = PQnfields(result);
  rows.reserve(static_cast<size_t>(count));
  for (int r = 0; r < count; ++r) {
    Row row;
    row.reserve(static_cast<size_t>(width));
    for (int c = 0; c < width; ++c) {
      if (PQgetisnull(result, r, c))
        row.emplace_back();
      else
        row.emplace_back(
            std::string(PQgetvalue(result, r, c), static_cast<size_t>(PQgetlength(result, r, c))));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace cambium::dialect::postgres
