#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/commands.h"
#include "cli/database.h"
#include "compiler/catalog/raise.h"
#include "compiler/ir/print.h"

namespace cambium::cli {

namespace {

// The last part of the url's path, without its ending, as a name: "sqlite://data/Chinook.db" →
// "chinook".
std::string nameFrom(const std::string& url) {
  std::string path = url.substr(0, url.find_first_of("?#"));
  path = path.substr(path.find_last_of("/:") + 1);
  path = path.substr(0, path.find('.'));
  std::string name;
  for (const char c : path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (letter)
      name += c >= 'A' && c <= 'Z' ? char(c + 32) : c;
    else if (digit && !name.empty())
      name += c;
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  return name.empty() ? "pulled" : name;
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
  auto database = openDatabase(context, *target, Access::read);
  if (!database) return database.error();
  if (!database->session)
    return context.fail(report<Code::RUN050>({}, target->shown, "no such file"));
  const auto live = database->session->introspect();
  if (!live) return context.fail(describe(live.error(), *target));

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
  if (const auto old = context.fs.list(folder, ".cam"); old && !old->empty())
    return context.fail(
        report<Code::CFG066>({}, folder + "/" + old->front())
            .help("choose another folder with `-o DIR`; what is there is left alone"));
  std::error_code error;
  const bool isNew = std::filesystem::create_directories(folder, error);
  if (error) return context.fail(report<Code::CFG065>({}, folder, error.message()));
  std::vector<std::string> files;
  for (const auto& [name, text] : {std::pair(std::string("package.cam"), head + "\n" + environment),
                                   std::pair(std::string("model.cam"), body)}) {
    const std::string path = folder + "/" + name;
    if (const auto written = writeFileAtomically(path, text); !written) {
      // A package is there whole or not at all.
      for (const std::string& half : files) std::filesystem::remove(half, error);
      if (isNew) std::filesystem::remove(folder, error);
      return context.fail(report<Code::CFG065>({}, path, written.error()));
    }
    files.push_back(path);
  }
  for (const std::string& path : files) context.out.print(path + "\n");
  for (const std::string& what : raised.notCarried)
    context.out.complain("not in the model: " + what);
  context.out.textField("package", package);
  context.out.field("files", jsonTexts(files));
  context.out.field("entities", std::to_string(raised.model.entities.size()));
  context.out.field("notCarried", jsonTexts(raised.notCarried));
  context.out.say(fmt::format("{} read; next: cambium -C {} check && cambium -C {} adopt",
                              counted(live->tables.size(), "table"), folder, folder));
  return Outcome::ok;
}

}  // namespace cambium::cli
