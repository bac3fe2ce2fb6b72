// cli/database.h: opening databases, and what is active in them. Whatever fails is reported with
// its code.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/package.h"
#include "compiler/dialect/session.h"
#include "runtime/runner/ledger.h"

namespace cambium::cli {

enum class Access : uint8_t {
  look,    // nothing is written; must be there
  read,    // nothing is written; a database that is not there yet is an empty one (no session)
  write,   // must be there
  create,  // made if it is not there
};

struct Database {
  Target target;
  std::unique_ptr<dialect::Session> session;  // null: not there yet
  // "SQLite 3.40.1"; empty where there is no session.
  std::string product() const { return session ? session->server().product : ""; }
};

// A database error as a diagnostic; no password is in it.
Diagnostic describe(const dialect::DbError&, const Target&);

Result<std::unique_ptr<dialect::Session>, Diagnostic> tryOpen(Context&, const Target&, Access);
Or<Database> openDatabase(Context&, const Target&, Access);

struct Active {
  std::optional<runner::Installation> installation;
  std::optional<runner::PlanRecord> open;  // a plan that is under way
  ModelPtr model;                          // of the installation; empty where there is none
  bool hasObjects = false;                 // something is in the database
  catalog::Extras extras;                  // that somebody agreed to leave there
};
// `package` for an empty model like it.
Or<Active> activeVersion(Context&, Database&, const ir::Model& package);

// Whether the database has a face of this version (`access views`), or a part of it.
dialect::DbResult<bool> hasFace(const Database&, const ir::Model&);

// For `DIR/lib`-like layouts: where the online halves of dialects are looked for.
std::vector<std::string> pluginFolders();

}  // namespace cambium::cli
