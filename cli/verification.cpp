#include "cli/verification.h"

#include "cli/execution.h"
#include "runtime/verify/verify.h"

namespace cambium::cli {

namespace {

// What is in it, "" = nothing.
Or<std::string> contentOf(Context& context, const Database& database) {
  const auto record = runner::Ledger(*database.session).exists();
  if (!record) return Failure{context.fail(describe(record.error(), database.target))};
  if (*record) return std::string("the record of a package");
  const auto live = database.session->introspect();
  if (!live) return Failure{context.fail(describe(live.error(), database.target))};
  if (!live->tables.empty()) return fmt::format("table `{}`", live->tables.begin()->name);
  if (!live->views.empty()) return fmt::format("view `{}`", live->views.front().name);
  if (!live->opaque.empty())
    return fmt::format("{} `{}`", live->opaque.front().kind, live->opaque.front().name);
  return std::string();
}

// An empty database, and whether it was there before.
struct Scratch {
  Database database;
  bool made = false;
};

Or<Scratch> openScratch(Context& context, const std::string& url, const emit::Script& script) {
  const auto target = targetOf(context, url);
  if (!target) return Failure{target.error()};
  const auto other = [&](const char* what, const std::string& planned, const std::string& here) {
    return Failure{
        context.fail(report<Code::RUN056>({}, what, planned, here)
                         .help("a plan is tried on a database of the kind that it was made for"))};
  };
  const std::string& dialect = target->dialect->traits().dialect;
  if (script.dialect != dialect) return other("dialect", script.dialect, dialect);
  Scratch scratch;
  auto looked = openDatabase(context, *target, Access::read);
  if (!looked) return Failure{looked.error()};
  scratch.made = !looked->session;
  if (looked->session) {
    const auto content = contentOf(context, *looked);
    if (!content) return Failure{content.error()};
    if (!content->empty())
      return Failure{context.fail(
          report<Code::RUN081>({}, target->shown, *content)
              .note("what is tried there is removed afterwards, with all that is in it")
              .help("make an empty database for it"))};
  }
  auto opened = openDatabase(context, *target, scratch.made ? Access::create : Access::write);
  if (!opened) return Failure{opened.error()};
  scratch.database = std::move(*opened);
  const std::string& gate = scratch.database.session->server().gate;
  if (script.server == gate) return scratch;
  if (scratch.made) (void)scratch.database.session->removeAll(true);
  return other("server", script.server.empty() ? script.dialect : script.server,
               gate.empty() ? dialect : gate);
}

Or<verify::Report> tryPlan(Context& context, driver::Compilation& c, const Database& database,
                           const ReadyPlan& ready) {
  const auto& planned = ready.planned;
  const auto& dialect = *database.target.dialect;
  std::optional<driver::Planned> build;
  if (!planned.script.fromVersion.empty()) {
    auto options = context.driverOptions();
    options.environment = planned.script.environment;
    options.faceAfter = !planned.from.faces.empty();
    const ModelPtr& from = planned.changes.from;
    build = driver::planBetween(c, diff::emptyModel(*from), from, dialect, options);
    if (!build) return Failure{context.conclude(c)};
  }
  const verify::Trial trial{build ? &build->script : nullptr,
                            planned.script,
                            planned.changes,
                            planned.from,
                            planned.to,
                            dialect.traits()};
  return verify::tryOut(trial, *database.session, actor());
}

}  // namespace

Or<bool> verifyOn(Context& context, driver::Compilation& c, const ReadyWay& way,
                  const std::string& url) {
  auto scratch = openScratch(context, url, way.plans.front().script());
  if (!scratch) return Failure{scratch.error()};
  Database& database = scratch->database;
  std::vector<std::string> fields;
  for (const ReadyPlan& ready : way.plans) {
    const emit::Script& script = ready.script();
    const std::string from = versionText(script.fromVersion);
    const auto tried = tryPlan(context, c, database, ready);
    const bool last = &ready == &way.plans.back() || !tried || tried->finding || tried->error;
    const auto removed = database.session->removeAll(last && scratch->made);
    if (!tried) return Failure{tried.error()};
    if (tried->error) return Failure{context.fail(describe(*tried->error, database.target))};
    if (!removed) return Failure{context.fail(describe(removed.error(), database.target))};
    if (tried->finding) {
      auto d = report<Code::RUN082>({}, database.target.shown, from, script.toVersion,
                                    tried->finding->claim);
      for (const std::string& difference : tried->finding->differences)
        d.note(withoutSecrets(difference, url));
      return Failure{context.fail(std::move(d))};
    }
    const std::string rows = tried->rows == 0
                                 ? "without rows"
                                 : fmt::format("with {} in {}", counted(tried->rows, "row"),
                                               counted(tried->tables, "table"));
    context.out.say(
        fmt::format("tried on {}: {} {} {} does what it says, {}, and back from each "
                    "phase before contract",
                    database.target.shown, from, arrow(context.out.err()), script.toVersion, rows));
    if (!tried->refused.empty())
      context.out.say("more rows than these the plan refuses: " +
                      withoutSecrets(tried->refused, url));
    fields.push_back(
        fmt::format("{{\"from\":{},\"to\":{},\"tables\":{},\"rows\":{},\"refused\":{}}}",
                    jsonText(script.fromVersion), jsonText(script.toVersion), tried->tables,
                    tried->rows, tried->refused.empty() ? "null" : jsonText(tried->refused)));
  }
  context.out.field("verified", jsonArray(fields));
  return true;
}

}  // namespace cambium::cli
