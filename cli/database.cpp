#include "cli/database.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "compiler/artifact/seal.h"
#include "compiler/catalog/external.h"
#include "compiler/catalog/version_faces.h"
#include "compiler/dialect/loader.h"

namespace cambium::cli {

namespace {

using dialect::DbError;

dialect::DbResult<std::unique_ptr<dialect::Session>> openWith(const dialect::PluginInfo& plugin,
                                                              const Target& target,
                                                              dialect::SessionOptions options) {
  if (target.environment) {
    // One attempt of several: the runner tries again, with jitter, until the whole budget is used.
    constexpr unsigned kLongestAttemptMs = 250;
    options.lockTimeoutMs =
        std::clamp(target.environment->lockTimeoutMs / 8, 1u, kLongestAttemptMs);
  }
  return plugin.open(target.url, options);
}

}  // namespace

std::vector<std::string> pluginFolders() {
  std::vector<std::string> folders;
  if (const char* given = std::getenv("CAMBIUM_PLUGIN_PATH"); given && *given) {
    const std::string list = given;
    for (size_t at = 0; at <= list.size();) {
      const size_t end = std::min(list.find(':', at), list.size());
      if (end > at) folders.push_back(list.substr(at, end - at));
      at = end + 1;
    }
  }
  char path[4096];
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
  if (length > 0) {
    const std::string program(path, static_cast<size_t>(length));
    folders.push_back(program.substr(0, program.rfind('/')) + "/../lib/cambium");
  }
  return folders;
}

Diagnostic describe(const DbError& error, const Target& target) {
  using Kind = DbError::Kind;
  const std::string& database = target.shown;
  const std::string message = withoutSecrets(error.message, target.url);
  Diagnostic d;
  switch (error.kind) {
    case Kind::cannotOpen: d = report<Code::RUN050>({}, database, message); break;
    case Kind::notADatabase: d = report<Code::RUN051>({}, database, message); break;
    case Kind::readOnly:
      d = report<Code::RUN052>({}, database, message)
              .help("give yourself the right to write to it and to its folder");
      break;
    case Kind::busy:
      d = report<Code::RUN057>({}, database, message)
              .help("try again when the other program is done");
      break;
    case Kind::diskFull:
      d = report<Code::RUN066>({}, database, message).help("make room and run it again");
      break;
    case Kind::corrupt:
      d = report<Code::RUN067>({}, database, message)
              .help("restore it from a backup before anything else");
      break;
    case Kind::connectionLost:
      d = report<Code::RUN068>({}, database, message)
              .help("run it again: it finds out what was done");
      break;
    case Kind::constraint:
    case Kind::sql:
    case Kind::other: d = report<Code::RUN065>({}, database, message); break;
  }
  if (!error.statement.empty()) d.note("statement: " + withoutSecrets(error.statement, target.url));
  return d;
}

Result<std::unique_ptr<dialect::Session>, Diagnostic> tryOpen(Context&, const Target& target,
                                                              Access access) {
  const auto folders = pluginFolders();
  const auto plugin = dialect::loadDatabasePlugin(target.dialect->traits().dialect, folders);
  if (!plugin) return Failure{plugin.error()};
  dialect::SessionOptions options;
  options.readOnly = access == Access::read || access == Access::look;
  options.create = access == Access::create;
  auto session = openWith(*plugin, target, options);
  if (session && options.readOnly) {
    // After a crash the engine itself has to write before anybody can read.
    const auto probe = runner::Ledger(**session).exists();
    if (!probe && probe.error().kind != DbError::Kind::notADatabase) {
      options.readOnly = false;
      if (auto again = openWith(*plugin, target, options)) session = std::move(again);
    }
  }
  if (session) return std::move(*session);
  // An answer, not a failure, for who only wants to read.
  if (access == Access::read && session.error().missing) return std::unique_ptr<dialect::Session>();
  return Failure{describe(session.error(), target)};
}

Or<Database> openDatabase(Context& context, const Target& target, Access access) {
  auto session = tryOpen(context, target, access);
  if (!session) return Failure{context.fail(session.error())};
  Database database;
  database.target = target;
  database.session = std::move(*session);
  if (!database.session) return database;
  // What the server is decides what is planned for it.
  if (const auto* own = target.dialect->forServer(database.session->server().gate))
    database.target.dialect = own;
  return database;
}

Or<Active> activeVersion(Context& context, Database& database, const ir::Model& package) {
  Active active;
  active.model = diff::emptyModel(package);
  if (!database.session) return active;
  const auto failed = [&](const DbError& error) {
    return Failure{context.fail(describe(error, database.target))};
  };
  runner::Ledger ledger(*database.session);
  const auto exists = ledger.exists();
  if (!exists) return failed(exists.error());
  if (*exists) {
    auto installation = ledger.installation(package.package);
    if (!installation) return failed(installation.error());
    active.installation = std::move(*installation);
    auto extras = ledger.extras(package.package);
    if (!extras) return failed(extras.error());
    active.extras = std::move(*extras);
    auto open = ledger.openPlan(package.package);
    if (!open) return failed(open.error());
    active.open = std::move(*open);
  }
  if (active.installation) {
    auto model = artifact::unseal(active.installation->model);
    if (!model) {
      return Failure{
          context.fail(report<Code::RUN063>({}, database.target.shown, model.error().detail)
                           .note("it is what plans start from, so nothing is done here")
                           .help("restore the tables cambium_… of this database from a backup"))};
    }
    active.model = std::make_shared<const ir::Model>(std::move(*model));
    active.hasObjects = true;
    return active;
  }
  auto live = database.session->introspect();
  if (!live) return failed(live.error());
  catalog::leaveOut(*live, catalog::externalTables(package));
  active.hasObjects = !live->tables.empty() || !live->views.empty() || !live->triggers.empty() ||
                      !live->opaque.empty();
  return active;
}

dialect::DbResult<bool> hasFace(const Database& database, const ir::Model& model) {
  const auto& traits = database.target.dialect->traits();
  DiagnosticSink told;  // when the version was made
  auto lowered = catalog::lower(model, traits, told);
  if (told.hasErrors()) return false;
  catalog::addFace(model, traits, lowered, told);
  for (const auto& view : lowered.faces) {
    const auto found =
        database.session->describe(dialect::ObjectKind::view, catalog::viewNameOf(view.face));
    if (!found) return Failure{found.error()};
    if (*found) return true;
    // Where nobody wants faces, somebody would have had to take the very first view by hand.
    if (!database.target.environment || !database.target.environment->accessViews) break;
  }
  return false;
}

}  // namespace cambium::cli
