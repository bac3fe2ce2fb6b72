#include "compiler/diff/diff.h"

#include <algorithm>

#include "cli/commands.h"
#include "cli/database.h"
#include "compiler/catalog/external.h"
#include "compiler/catalog/raise.h"

namespace cambium::cli {

namespace {

std::string_view className(diff::Compatibility c) {
  switch (c) {
    case diff::Compatibility::safe: return "safe";
    case diff::Compatibility::breaking: return "breaking";
    case diff::Compatibility::destructive: return "destructive";
  }
  return "";
}

std::string_view classColor(diff::Compatibility c) {
  switch (c) {
    case diff::Compatibility::safe: return "32";
    case diff::Compatibility::breaking: return "33";
    case diff::Compatibility::destructive: return "31";
  }
  return "";
}

// `env:NAME`: what is active there.
Or<ModelPtr> modelOfEnvironment(Context& context, driver::Compilation& c, const std::string& name) {
  const auto environment = findEnvironment(context, c, name);
  if (!environment) return Failure{environment.error()};
  const auto target = targetOf(context, c, **environment);
  if (!target) return Failure{target.error()};
  auto database = openDatabase(context, *target, Access::look);
  if (!database) return Failure{database.error()};
  const auto active = activeVersion(context, *database, *c.model);
  if (!active) return Failure{active.error()};
  if (!active->installation && active->hasObjects)
    return Failure{
        context.fail(report<Code::RUN053>({}, target->shown, c.model->package)
                         .help(fmt::format("`db:{}` reads its schema instead", target->shown)))};
  return active->model;
}

// `db:URL`: what its schema means.
Or<ModelPtr> modelOfDatabase(Context& context, driver::Compilation& c, const std::string& url) {
  const auto target = targetOf(context, url);
  if (!target) return Failure{target.error()};
  auto database = openDatabase(context, *target, Access::look);
  if (!database) return Failure{database.error()};
  auto live = database->session->introspect();
  if (!live) return Failure{context.fail(describe(live.error(), *target))};
  catalog::leaveOut(*live, catalog::externalTables(*c.model));
  auto raised = catalog::raise(*live, target->dialect->traits(), c.model->package);
  for (const std::string& what : raised.notCarried) context.out.say("not in the model: " + what);
  return std::make_shared<const ir::Model>(std::move(raised.model));
}

Or<ModelPtr> modelOf(Context& context, driver::Compilation& c, const std::string& name) {
  if (name == ".") return c.model;
  if (name.starts_with("env:")) return modelOfEnvironment(context, c, name.substr(4));
  if (name.starts_with("db:")) return modelOfDatabase(context, c, name.substr(3));
  if (auto sealed = driver::loadSealed(context.fs, "", c, name)) return sealed;
  return Failure{context.conclude(c)};
}

}  // namespace

Outcome runDiff(Context& context) {
  const auto& arguments = context.invocation.arguments;
  const auto package = loadPackage(context);
  if (!package) return package.error();
  driver::Compilation& c = **package;
  const std::string newest = c.versions.empty() ? "" : c.versions.back();
  const std::string a = arguments.empty() ? newest : arguments[0];
  const std::string b = arguments.size() < 2 ? "." : arguments[1];
  const auto from = a.empty() ? Or<ModelPtr>(diff::emptyModel(*c.model)) : modelOf(context, c, a);
  if (!from) return from.error();
  const auto to = modelOf(context, c, b);
  if (!to) return to.error();

  DiagnosticSink found;
  const auto set = diff::diff(*from, *to, found);
  driver::hand(found, **to, c.diagnostics);
  Output& out = context.out;
  const bool markdown = out.format() == Format::markdown;
  std::vector<std::string> rows;
  if (markdown && !set.changes.empty()) out.print("| change | class |\n|---|---|\n");
  for (const diff::Change& change : set.changes) {
    const auto compatibility = diff::classify(change, set);
    const std::string text = diff::toString(change, set);
    if (markdown)
      out.print(fmt::format("| {} | {} |\n", text, className(compatibility)));
    else
      out.print(fmt::format("{}{}  {}\n",
                            colored(out.out(), classColor(compatibility), className(compatibility)),
                            std::string(11 - className(compatibility).size(), ' '), text));
    rows.push_back(fmt::format("{{\"kind\":{},\"class\":{},\"text\":{}}}",
                               jsonText(diff::kindName(change)), jsonText(className(compatibility)),
                               jsonText(text)));
    out.event(fmt::format("{{\"type\":\"change\",\"kind\":{},\"class\":{},\"text\":{}}}",
                          jsonText(diff::kindName(change)), jsonText(className(compatibility)),
                          jsonText(text)));
  }
  if (set.changes.empty()) out.print("no difference\n");
  out.textField("from", a.empty() ? "nothing" : a);
  out.textField("to", b);
  if (out.format() == Format::json) out.field("changes", jsonArray(rows));
  const Outcome outcome = context.conclude(c);
  if (outcome != Outcome::ok) return outcome;
  return context.invocation.has("exit-code") && !set.changes.empty() ? Outcome::changes
                                                                     : Outcome::ok;
}

}  // namespace cambium::cli
