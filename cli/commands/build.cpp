#include <algorithm>
#include <filesystem>

#include "cli/commands.h"
#include "cli/package.h"
#include "compiler/artifact/seal.h"
#include "compiler/diagnostics/suggest.h"

namespace cambium::cli {

namespace {

// A fresh build as statements.
std::string ddl(const emit::Script& script, const std::string& dialect) {
  std::string out =
      fmt::format("-- {} {} for {}: a fresh build\n", script.package, script.toVersion, dialect);
  for (const auto& step : script.steps)
    for (const std::string& statement : step.action.sql.statements) out += "\n" + statement + ";\n";
  return out;
}

// Spaces mean something in a depfile.
std::string depfileName(const std::string& path) {
  std::string out;
  for (const char c : path) {
    if (c == ' ' || c == '#') out += '\\';
    if (c == '$') out += '$';
    out += c;
  }
  return out;
}

}  // namespace

Outcome runBuild(Context& context) {
  const std::string folder = context.invocation.value("output", "build");
  const auto loaded = loadPackage(context);
  if (!loaded) return loaded.error();
  driver::Compilation& c = **loaded;
  auto dialects = dialectsOf(context, *c.model);
  if (const auto wanted = context.invocation.values("dialect"); !wanted.empty()) {
    dialects.clear();
    std::vector<std::string_view> known;
    for (const auto& dialect : context.dialects().all()) {
      known.push_back(dialect->name());
      for (const auto& behind : dialect->gates()) known.push_back(behind->name());
    }
    for (const std::string& name : wanted) {
      const auto* dialect = context.dialects().find(name);
      if (!dialect) {
        const auto near = suggestions(name, known);
        return context.usage(fmt::format("there is no dialect `{}`", name),
                             near.empty() ? "" : didYouMean(near));
      }
      if (std::ranges::find(dialects, dialect) == dialects.end()) dialects.push_back(dialect);
    }
  }
  // Everything is made before anything is written.
  std::vector<std::pair<std::string, std::string>> outputs;
  outputs.emplace_back(fmt::format("{}/{}.model.json", folder, c.model->package),
                       artifact::seal(*c.model));
  for (const dialect::Dialect* dialect : dialects) {
    const auto planned = driver::planBetween(c, diff::emptyModel(*c.model), c.model, *dialect,
                                             context.driverOptions());
    if (!planned) return context.conclude(c);
    outputs.emplace_back(fmt::format("{}/{}.{}.sql", folder, c.model->package, dialect->name()),
                         ddl(planned->script, dialect->name()));
  }
  if (const std::string depfile = context.invocation.value("depfile"); !depfile.empty()) {
    std::string text;
    for (const auto& [path, bytes] : outputs) text += depfileName(path) + " ";
    text += ":";
    for (const std::string& file : c.files) text += " \\\n  " + depfileName(file);
    outputs.emplace_back(depfile, text + "\n");
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return context.fail(report<Code::CFG065>({}, folder, error.message()));
  std::vector<std::string> written;
  for (const auto& [path, bytes] : outputs) {
    if (const auto old = context.fs.read(path); old && *old == bytes) continue;
    if (const auto done = writeFileAtomically(path, bytes); !done)
      return context.fail(report<Code::CFG065>({}, path, done.error()));
    written.push_back(path);
    context.out.print(fmt::format("{}\n", path));
  }
  context.out.field("written", jsonTexts(written));
  if (written.empty()) context.out.say("nothing changed");
  return Outcome::ok;
}

}  // namespace cambium::cli
