#include <algorithm>

#include "cli/commands.h"
#include "cli/context.h"
#include "compiler/diagnostics/suggest.h"
#include "embedded/embedded.h"

namespace cambium::cli {

namespace {

std::span<const CodeInfo> codes() {
  return std::span<const CodeInfo>(kCodes).first(std::size(kCodes) - 1);
}

Outcome listCodes(Context& context) {
  std::vector<std::string> rows;
  for (const CodeInfo& code : codes()) {
    context.out.print(fmt::format("{}  {}\n", bold(context.out.out(), code.name), code.title));
    rows.push_back(
        fmt::format("{{\"code\":{},\"title\":{}}}", jsonText(code.name), jsonText(code.title)));
  }
  context.out.field("codes", jsonArray(rows));
  return Outcome::ok;
}

// Headings stand out on a terminal; everything else is as it is in the page.
std::string painted(std::string_view page, const Look& look) {
  if (!look.color) return std::string(page);
  std::string out;
  for (size_t at = 0; at < page.size();) {
    const size_t end = std::min(page.find('\n', at), page.size());
    const auto line = page.substr(at, end - at);
    out += line.starts_with("#")     ? bold(look, line)
           : line.starts_with("```") ? dim(look, line)
                                     : std::string(line);
    out += "\n";
    at = end + 1;
  }
  return out;
}

}  // namespace

Outcome runExplain(Context& context) {
  if (context.invocation.arguments.empty()) return listCodes(context);
  const std::string& written = context.invocation.arguments.front();
  const auto code = findCode(written);
  if (!code) {
    std::vector<std::string_view> names;
    for (const CodeInfo& known : codes()) names.push_back(known.name);
    const auto near = suggestions(written, names);
    return context.usage(fmt::format("there is no diagnostic `{}`", written),
                         near.empty() ? "`cambium explain` lists them" : didYouMean(near));
  }
  const CodeInfo& row = info(*code);
  std::string page = fmt::format("# {}: {}\n", row.name, row.title);
  for (const auto& file : embedded::diagnosticPages())
    if (file.name == fmt::format("{}.md", row.name)) page = file.text;
  context.out.print(painted(page, context.out.out()));
  context.out.textField("code", row.name);
  context.out.textField("title", row.title);
  context.out.textField("page", page);
  return Outcome::ok;
}

}  // namespace cambium::cli
