// What is recorded of a database that was there before: its version, and what is in it beside that.
#include <llvm/ADT/StringRef.h>
#include <llvm/Support/FormatVariadic.h>
#include <llvm/Support/JSON.h>

#include <algorithm>

#include "compiler/base/sha256.h"
#include "runtime/runner/ledger.h"
#include "runtime/runner/sql.h"

namespace cambium::runner {
namespace {

namespace json = llvm::json;

json::Value text(const std::string& s) {
  return json::isUTF8(s) ? s : json::fixUTF8(s);
}

std::string documentOf(const catalog::Extras& extras) {
  if (extras.empty()) return {};
  json::Array all;
  for (const auto& extra : extras) {
    json::Object one{{"facts", text(extra.facts)}, {"object", text(extra.object)}};
    if (!extra.name.empty()) one["name"] = text(extra.name);
    all.push_back(std::move(one));
  }
  return llvm::formatv("{0}", json::Value(std::move(all))).str();
}

// nullopt: nothing that we have written.
std::optional<catalog::Extras> extrasOf(std::string_view document) {
  catalog::Extras out;
  if (document.empty()) return out;
  auto parsed = json::parse(llvm::StringRef(document.data(), document.size()));
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return std::nullopt;
  }
  const auto* all = parsed->getAsArray();
  if (!all) return std::nullopt;
  for (const auto& one : *all) {
    const auto* o = one.getAsObject();
    const auto object = o ? o->getString("object") : std::nullopt;
    const auto facts = o ? o->getString("facts") : std::nullopt;
    if (!object || !facts) return std::nullopt;
    out.push_back({object->str(), facts->str(), o->getString("name").value_or("").str()});
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace

// A table of its own, which is made when there is something to say: tools that do not know it read
// the others as before.
DbResult<void> Ledger::setExtras(std::string_view package, const std::string& document) {
  const Params key{{"package", value(package)}};
  const Params all{{"document", value(document)}, {"package", value(package)}};
  auto rows = session_.query("SELECT 1 FROM cambium_extra WHERE package_name = :package", key);
  if (!rows) return Failure{rows.error()};
  auto done = session_.update(
      rows->empty()
          ? "INSERT INTO cambium_extra (document, package_name) VALUES (:document, :package)"
          : "UPDATE cambium_extra SET document = :document WHERE package_name = :package",
      all);
  if (!done) return Failure{done.error()};
  return {};
}

DbResult<catalog::Extras> Ledger::extras(std::string_view package) {
  auto there = exists();
  if (!there) return Failure{there.error()};
  if (!*there) return catalog::Extras();
  const Params key{{"package", value(package)}};
  auto rows =
      session_.query("SELECT document FROM cambium_extra WHERE package_name = :package", key);
  if (!rows) {
    // As of the other tables: one that is not there is an error of the statement.
    if (rows.error().kind == DbError::Kind::sql) return catalog::Extras();
    return Failure{rows.error()};
  }
  auto out = extrasOf(rows->empty() ? "" : textAt(rows->front(), 0));
  if (out) return std::move(*out);
  DbError error;
  error.message = "what is recorded beside the version (cambium_extra) cannot be read";
  return Failure{error};
}

DbResult<void> Ledger::adopt(const Installation& installation, std::string_view actor,
                             const catalog::Extras& extras) {
  if (auto made = create(); !made) return made;
  // Asked for outside of the transaction, which an error would end.
  const auto before = this->extras(installation.package);
  if (!before) return Failure{before.error()};
  const bool changes = *before != extras;
  const std::string document = documentOf(extras);
  if (changes) {
    const std::string statement =
        "CREATE TABLE IF NOT EXISTS cambium_extra (package_name VARCHAR(200) NOT NULL PRIMARY KEY, "
        "document " +
        std::string(session_.documentType()) + " NOT NULL)";
    auto made = inTransaction(session_, [&] { return session_.execute(statement); });
    if (!made) return made;
  }
  return inTransaction(session_, [&]() -> DbResult<void> {
    Installation row = installation;
    auto now = session_.now();
    if (!now) return Failure{now.error()};
    if (row.activatedAt.empty()) row.activatedAt = *now;
    if (auto set = setInstallation(row); !set) return set;
    if (changes)
      if (auto set = setExtras(row.package, document); !set) return set;
    json::Object payload{{"digest", row.digest},
                         {"environment", row.environment},
                         {"package", row.package},
                         {"version", row.version}};
    if (!document.empty()) payload["extras"] = sha256Hex(document);
    return append(actor, "adopt", llvm::formatv("{0}", json::Value(std::move(payload))).str());
  });
}

}  // namespace cambium::runner
