#include <algorithm>
#include <filesystem>

#include "cli/commands.h"
#include "cli/database.h"
#include "cli/package_files.h"
#include "compiler/catalog/raise.h"
#include "compiler/ir/print.h"

namespace cambium::cli {

namespace {

// The last part of the url's path, without its ending, as a name: "sqlite://data/Chinook.db" →
// "chinook".
std::string nameFrom(const std::string& url) {
  const std::string path = url.substr(0, url.find_first_of("?#"));
  return packageNameFrom(std::string_view(path).substr(path.find_last_of("/:") + 1), "pulled");
}

// A file that is named relative to this folder is named absolutely: the package stands in another
// one.
std::string absoluteUrl(const std::string& url) {
  const size_t slashes = url.find("://");
  if (slashes == std::string::npos) return url;
  const std::string path = url.substr(slashes + 3);
  std::error_code error;
  if (path.empty() || path.front() == '/' || !std::filesystem::exists(path, error)) return url;
  return url.substr(0, slashes + 3) + std::filesystem::absolute(path).string();
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// toSource() writes one text; its package line goes into a file with the environment.
std::pair<std::string, std::string> split(const std::string& source) {
  const size_t at = source.starts_with("package ") ? 0 : source.find("\npackage ");
  if (at == std::string::npos) return {"", source};
  const size_t end = std::min(source.find('\n', at + 1), source.size());
  size_t rest = end;
  while (rest < source.size() && source[rest] == '\n') ++rest;
  return {source.substr(0, end) + "\n", source.substr(rest)};
}

}  // namespace

Outcome runPull(Context& context) {
  const auto& invocation = context.invocation;
  const std::string& url = invocation.arguments.front();
  const auto target = targetOf(context, url);
  if (!target) return target.error();
  auto database = openDatabase(context, *target, Access::look);
  if (!database) return database.error();
  auto live = database->session->introspect();
  if (!live) return context.fail(describe(live.error(), *target));
  // Of a version that is there beside the tables, not of the model.
  std::erase_if(live->views, [](const catalog::View& view) { return !view.schema.empty(); });

  const std::string package = invocation.value("package", nameFrom(url));
  auto raised = catalog::raise(*live, target->dialect->traits(), package);
  raised.model.version = invocation.value("version", "0.1.0");
  const auto [head, body] = split(ir::toSource(raised.model));
  std::string variable = package;
  for (char& c : variable) c = c >= 'a' && c <= 'z' ? char(c - 32) : c == '.' ? '_' : c;
  // A url with a password stays where it is: in the environment.
  const std::string absolute = absoluteUrl(url);
  const bool isSecret = withoutPassword(absolute) != absolute;
  const std::string environment = fmt::format("environment dev {{ url env(\"{}_URL\"{}) }}\n",
                                              variable, isSecret ? "" : ", " + quoted(absolute));

  const std::string folder = invocation.value("output", package);
  const auto files = writePackage(
      context, folder, {{"package.cam", head + "\n" + environment}, {"model.cam", body}}, false,
      "choose another folder with `-o DIR`; what is there is left alone");
  if (!files) return files.error();
  for (const std::string& path : *files) context.out.print(path + "\n");
  for (const std::string& what : raised.notCarried)
    context.out.complain("not in the model: " + what);
  context.out.textField("package", package);
  context.out.field("files", jsonTexts(*files));
  context.out.field("entities", std::to_string(raised.model.entities.size()));
  context.out.field("notCarried", jsonTexts(raised.notCarried));
  context.out.say(fmt::format("{} read; next: cambium -C {} check && cambium -C {} adopt",
                              counted(live->tables.size(), "table"), folder, folder));
  return Outcome::ok;
}

}  // namespace cambium::cli
