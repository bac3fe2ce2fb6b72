#include "runtime/db/soci_session.h"

#include <fmt/core.h>

namespace cambium::db {
namespace {

// One bound value: SOCI keeps pointers to both until the statement is gone.
struct Bound {
  std::string text;
  soci::indicator indicator = soci::i_ok;
};

template <class T, class Run>
DbResult<T> guarded(soci::session& session, const Backend& backend, std::string_view sql, Run run) {
  try {
    return run();
  } catch (const std::exception& e) {
    DbError error = backend.classify(e, &session);
    error.statement = shortened(sql);
    return Failure{std::move(error)};
  }
}

// Binds the values that the statement uses; what is missing, in words, "" = nothing.
std::string bind(soci::statement& statement, const Backend& backend, std::vector<Bound>& bound,
                 Values values) {
  bound.resize(values.size());
  unsigned used = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    std::string name(values[i].first.substr(values[i].first.starts_with(':') ? 1 : 0));
    if (!backend.hasParameter(statement, name)) continue;
    ++used;
    if (values[i].second)
      bound[i].text = *values[i].second;
    else
      bound[i].indicator = soci::i_null;
    statement.exchange(soci::use(bound[i].text, bound[i].indicator, name));
  }
  const unsigned wanted = backend.parameters(statement);
  return used == wanted
             ? ""
             : fmt::format("the statement has {} parameters, {} got a value", wanted, used);
}

}  // namespace

std::unique_ptr<soci::session> open(const soci::backend_factory& factory,
                                    const std::string& connectString, const Backend& backend,
                                    DbError& error) {
  try {
    return std::make_unique<soci::session>(factory, connectString);
  } catch (const std::exception& e) {
    error = backend.classify(e, nullptr);
    return nullptr;
  }
}

DbResult<std::vector<Row>> query(soci::session& session, const Backend& backend,
                                 std::string_view sql, Values values) {
  return guarded<std::vector<Row>>(session, backend, sql, [&]() -> DbResult<std::vector<Row>> {
    std::vector<Bound> bound, cells;
    soci::statement statement(session);
    statement.alloc();
    statement.prepare(std::string(sql));
    if (auto why = bind(statement, backend, bound, values); !why.empty())
      return Failure{DbError{DbError::Kind::sql, "", 0, why, shortened(sql)}};
    cells.resize(backend.columns(statement));
    for (Bound& cell : cells) statement.exchange(soci::into(cell.text, cell.indicator));
    statement.define_and_bind();
    std::vector<Row> rows;
    for (bool more = statement.execute(!cells.empty()); more && !cells.empty();
         more = statement.fetch()) {
      Row row;
      row.reserve(cells.size());
      for (const Bound& cell : cells)
        row.push_back(cell.indicator == soci::i_null ? Value{} : Value{cell.text});
      rows.push_back(std::move(row));
    }
    return rows;
  });
}

DbResult<int64_t> update(soci::session& session, const Backend& backend, std::string_view sql,
                         Values values) {
  return guarded<int64_t>(session, backend, sql, [&]() -> DbResult<int64_t> {
    std::vector<Bound> bound;
    soci::statement statement(session);
    statement.alloc();
    statement.prepare(std::string(sql));
    if (auto why = bind(statement, backend, bound, values); !why.empty())
      return Failure{DbError{DbError::Kind::sql, "", 0, why, shortened(sql)}};
    statement.define_and_bind();
    statement.execute(true);
    return static_cast<int64_t>(statement.get_affected_rows());
  });
}

std::string shortened(std::string_view statement) {
  std::string out;
  for (char c : statement) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (space && (out.empty() || out.back() == ' ')) continue;
    out += space ? ' ' : c;
  }
  constexpr size_t kMost = 200;
  if (out.size() > kMost) {
    size_t end = kMost;
    while (end > 0 && (out[end] & 0xC0) == 0x80) --end;
    out.resize(end);
    out += "…";
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace cambium::db
