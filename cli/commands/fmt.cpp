#include <algorithm>
#include <iostream>
#include <iterator>

#include "cli/commands.h"
#include "cli/package.h"
#include "cli/text_diff.h"
#include "compiler/format/format.h"
#include "compiler/syntax/parse.h"

namespace cambium::cli {

namespace {

struct Formatted {
  std::string text;
  bool changed = false;
};

// The text in the one style, proven to say the same; or what is wrong with it.
Result<Formatted, Outcome> formatText(Context& context, const std::string& name, std::string text) {
  SourceMap sources;
  DiagnosticSink found;
  const auto tree = syntax::parse(sources, sources.add(name, std::move(text)), found);
  std::vector<Diagnostic> errors = found.sorted();
  std::erase_if(errors, [](const Diagnostic& d) { return d.severity == Severity::warning; });
  if (!errors.empty() || tree.hasErrors) {
    context.out.diagnostics(errors, sources);
    return Failure{outcomeOf(errors)};
  }
  Formatted formatted;
  formatted.text = format::format(tree, sources);
  formatted.changed = formatted.text != sources[tree.file].text();
  if (!formatted.changed) return formatted;
  SourceMap again;
  DiagnosticSink foundAgain;
  const auto after = syntax::parse(again, again.add(name, formatted.text), foundAgain);
  if (foundAgain.hasErrors() || !format::sameMeaning(tree, sources, after, again))
    return Failure{
        context.fail(report<Code::CFG068>({}, name)
                         .note("the file was left as it is")
                         .help("this is a mistake in the tool: please report it with the file"))};
  return formatted;
}

Outcome formatStdin(Context& context) {
  const std::string text((std::istreambuf_iterator<char>(std::cin)),
                         std::istreambuf_iterator<char>());
  const auto formatted = formatText(context, context.invocation.value("stdin-path"), text);
  if (!formatted) return formatted.error();
  const bool diff = context.invocation.has("diff");
  if (diff)
    context.out.print(unifiedDiff(text, formatted->text, context.invocation.value("stdin-path")));
  if (diff || context.invocation.has("check"))
    return formatted->changed ? Outcome::findings : Outcome::ok;
  context.out.print(formatted->text);
  context.out.textField("text", formatted->text);
  return Outcome::ok;
}

}  // namespace

Outcome runFmt(Context& context) {
  if (context.invocation.has("stdin-path")) return formatStdin(context);
  const bool onlyLook = context.invocation.has("check") || context.invocation.has("diff");
  std::vector<std::string> files = context.invocation.arguments;
  if (files.empty()) {
    const auto all = context.fs.list("", ".cam");
    if (!all || all->empty())
      return context.fail(report<Code::CFG050>({}, ".").help(
          "name files, or the folder of a package with `-C DIR`"));
    files = *all;
  }
  Outcome worst = Outcome::ok;
  std::vector<std::string> changed;
  for (const std::string& name : files) {
    auto text = context.fs.read(name);
    if (!text) {
      worst = context.fail(report<Code::CFG051>({}, name, text.error()));
      continue;
    }
    const auto formatted = formatText(context, name, *text);
    if (!formatted) {
      // A file that cannot be formatted does not keep the others from it.
      if (worst == Outcome::ok || formatted.error() == Outcome::internal) worst = formatted.error();
      continue;
    }
    if (!formatted->changed) continue;
    changed.push_back(name);
    if (context.invocation.has("diff"))
      context.out.print(unifiedDiff(*text, formatted->text, name));
    else
      context.out.print(fmt::format("{}\n", name));
    if (onlyLook) continue;
    if (const auto written = writeFileAtomically(name, formatted->text); !written)
      return context.fail(report<Code::CFG065>({}, name, written.error()));
  }
  context.out.field("changed", jsonTexts(changed));
  context.out.say(fmt::format("{} of {} {}", changed.size(), counted(files.size(), "file"),
                              onlyLook ? "would change" : "changed"));
  if (worst != Outcome::ok) return worst;
  return onlyLook && !changed.empty() ? Outcome::findings : Outcome::ok;
}

}  // namespace cambium::cli
