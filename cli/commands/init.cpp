#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cli/commands.h"
#include "cli/package_files.h"
#include "embedded/embedded.h"

namespace cambium::cli {

namespace {

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

}  // namespace

Outcome runInit(Context& context) {
  std::string folder = context.invocation.arguments.front();
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  const std::string name = folder.substr(folder.rfind('/') + 1);
  if (!isPackageName(name)) {
    std::string better;
    for (const char c : name)
      better += std::isalnum(static_cast<unsigned char>(c)) && static_cast<unsigned char>(c) < 0x80
                    ? c
                    : '_';
    auto d = report<Code::CFG067>({}, name).note(
        "it is letters, digits and `_`, begins with a letter, and is no reserved word");
    if (isPackageName(better) && better.find_first_not_of('_') != std::string::npos)
      d.help(fmt::format("for example `{}`", better));
    return context.fail(std::move(d));
  }
  std::string upper = name;
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });

  // Everything is looked at before anything is written.
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& file : embedded::templates())
    files.emplace_back(
        folder + "/" + std::string(file.name),
        replaced(replaced(std::string(file.text), "{{name}}", name), "{{NAME}}", upper));
  if (const auto old = context.fs.list(folder, ".cam"); old && !old->empty())
    return context.fail(report<Code::CFG066>({}, folder + "/" + old->front())
                            .help("choose another name; what is there is left alone"));
  struct stat there {};
  for (const auto& [path, text] : files)
    if (::lstat(path.c_str(), &there) == 0)
      return context.fail(report<Code::CFG066>({}, path).help("choose another name"));
  if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST)
    return context.fail(report<Code::CFG065>({}, folder, std::strerror(errno)));
  std::vector<std::string> written;
  for (const auto& [path, text] : files) {
    if (const auto done = writeFileAtomically(path, text); !done)
      return context.fail(report<Code::CFG065>({}, path, done.error()));
    written.push_back(path);
  }
  tellOfPackageAbove(context, folder);
  context.out.textField("package", name);
  context.out.field("files", jsonTexts(written));
  for (const std::string& path : written) context.out.print(fmt::format("{}\n", path));
  context.out.say(fmt::format("next: cd {} && cambium apply", folder));
  return Outcome::ok;
}

}  // namespace cambium::cli
