// `cambium import`: read, say it in the language, let the compiler read that, leave out what it
// refuses, write the package.
#include <llvm/Support/ConvertUTF.h>

#include <algorithm>
#include <set>

#include "cli/commands.h"
#include "cli/package_files.h"
#include "compiler/format/format.h"
#include "compiler/syntax/parse.h"
#include "plugins/import/import.h"
#include "plugins/import/write.h"

namespace cambium::cli {

namespace {

using importing::Format;
using importing::Loss;
using importing::Schema;
using importing::Written;

// "a.sql", "a.sql and 3 more files"
std::string filesText(const std::vector<std::string>& files) {
  if (files.size() == 1) return "`" + files[0] + "`";
  return fmt::format("`{}` and {}", files[0], counted(files.size() - 1, "more file"));
}

// The first byte that is no text; nothing where all are.
std::optional<Diagnostic> notText(const SourceFile& file, FileId id, Format format) {
  const std::string_view text = file.text();
  size_t at = text.find('\0');
  const auto* begin = reinterpret_cast<const llvm::UTF8*>(text.data());
  const llvm::UTF8* read = begin;
  if (!llvm::isLegalUTF8String(&read, begin + text.size())) at = std::min(at, size_t(read - begin));
  if (at >= text.size()) return std::nullopt;
  const auto offset = static_cast<uint32_t>(at);
  return report<Code::IMP001>(
      {id, offset, offset}, file.name(), importing::displayNameOf(format),
      text[at] == '\0' ? "it holds a NUL byte, so it is no text" : "it is not UTF-8");
}

struct Sources {
  SourceMap map;
  std::vector<FileId> files;
};

Or<Format> chooseFormat(Context& context, const Sources& sources) {
  if (const auto given = importing::formatOf(context.invocation.value("from"))) return *given;
  for (const FileId file : sources.files) {
    const auto guess = importing::guessFormat(sources.map[file]);
    if (!guess) continue;
    context.out.textField("guessed", importing::wordOf(guess->format));
    context.out.say(fmt::format("read as {}: {} (or say `--from`)",
                                importing::displayNameOf(guess->format), guess->because));
    return guess->format;
  }
  return Failure{
      context.fail(report<Code::IMP001>({}, sources.map[sources.files[0]].name(), "a schema",
                                        "nothing in it says what it is written in")
                       .help("if it is one, say which: `--from prisma|postgres|mysql|sqlite`"))};
}

std::string packageHead(const std::string& package, const Schema& schema, ir::Naming naming) {
  std::string out = "package " + package + " version \"0.1.0\"";
  if (naming == ir::Naming::plural) out += " naming plural";
  if (naming == ir::Naming::asWritten) out += " naming as_written";
  out += "\n";
  if (!schema.urlVariable.empty())
    out += fmt::format("\nenvironment dev {{ url env(\"{}\") }}\n", schema.urlVariable);
  return out;
}

// What the innermost piece around the place stands for.
std::string* lostAt(const Written& written, size_t at) {
  std::string* lost = nullptr;
  size_t smallest = std::string::npos;
  for (const importing::Piece& piece : written.pieces)
    if (piece.begin <= at && at < piece.end && piece.end - piece.begin <= smallest) {
      smallest = piece.end - piece.begin;
      lost = piece.lost;
    }
  return lost;
}

struct Model {
  std::string package, model;  // the two files
  importing::Carried carried;
};

// Writes the model, lets the dialect that it comes from compile it (every one of this build, if
// that is not known), and leaves out what is refused, until nothing is. What another database
// refuses is no reason to lose it.
Or<Model> compiled(Context& context, Schema& schema, const std::string& package) {
  const importing::WriteOptions options{context.invocation.has("keep-names")};
  // Every round takes something away.
  for (;;) {
    const Written written = importing::write(schema, options);
    MemoryFileSystem fs;
    fs.files["model.cam"] = written.text;
    fs.files["package.cam"] = packageHead(package, schema, written.naming);
    const auto c = driver::compile(fs, "", context.driverOptions());
    if (c->model && !c->diagnostics.hasErrors())
      for (const auto& dialect : context.dialects().all())
        if (!context.dialects().find(schema.dialect) || dialect->traits().dialect == schema.dialect)
          (void)driver::lowerFor(*c, *c->model, *dialect, context.driverOptions());
    std::set<std::string*> refused;
    for (const Diagnostic& d : c->diagnostics.sorted()) {
      if (d.severity != Severity::error || !d.span || c->sources[d.span.file].name() != "model.cam")
        continue;
      std::string* lost = lostAt(written, d.span.begin);
      if (lost && lost->empty() && refused.insert(lost).second)
        *lost = fmt::format("{} ({})", d.message, info(d.code).name);
    }
    if (c->diagnostics.hasErrors()) {
      if (!refused.empty()) continue;
      context.conclude(*c);
      return Failure{Outcome::internal};
    }
    Model out{fs.files["package.cam"], "", written.carried};
    for (const auto& tree : c->trees)
      if (c->sources[tree.file].name() == "model.cam") out.model = format::format(tree, c->sources);
    while (out.model.starts_with('\n')) out.model.erase(0, 1);
    return out;
  }
}

std::string placeText(const SourceMap& map, Span at) {
  const SourceFile& file = map[at.file];
  return fmt::format("{}:{}", file.name(), file.lineColumn(at.begin).line);
}

std::string counts(const importing::Carried& n) {
  std::string out = counted(n.tables, "entity");
  if (n.tables != 1) out = fmt::format("{} entities", n.tables);
  const auto add = [&](size_t count, std::string_view one, std::string_view many) {
    if (count > 0) out += fmt::format(", {} {}", count, count == 1 ? one : many);
  };
  add(n.columns, "column", "columns");
  add(n.references, "reference", "references");
  add(n.enums, "enum", "enums");
  add(n.uniques, "unique", "uniques");
  add(n.indexes, "index", "indexes");
  add(n.checks, "check", "checks");
  return out;
}

// A cell of a table of Markdown.
std::string cell(std::string text) {
  for (size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.insert(at, "\\");
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::string reportPage(const SourceMap& map, const std::string& from, Format format,
                       const importing::Carried& carried, const std::vector<Loss>& losses) {
  std::string out = fmt::format("# Imported\n\nFrom {}, read as {}: {}.\n", from,
                                importing::displayNameOf(format), counts(carried));
  if (losses.empty()) return out + "\nEverything was carried over.\n";
  out += "\n## What was not carried over\n\n| where | what | why |\n|---|---|---|\n";
  for (const Loss& loss : losses)
    out += fmt::format("| {} | {} | {} |\n", cell(placeText(map, loss.at)), cell(loss.what),
                       cell(loss.why));
  return out;
}

void tell(Context& context, const SourceMap& map, const std::vector<Loss>& losses) {
  std::vector<Diagnostic> found;
  for (const Loss& loss : losses)
    found.push_back(report<Code::IMP002>(loss.at, loss.what, loss.why));
  if (!context.out.isText()) return context.out.diagnostics(found, map);
  // One line each: there may be hundreds, and all of them count.
  for (const Diagnostic& d : found)
    context.out.complain(
        fmt::format("{}: warning[{}]: {}", placeText(map, d.span), info(d.code).name, d.message));
}

std::string carriedJson(const importing::Carried& n) {
  return fmt::format(
      "{{\"tables\":{},\"columns\":{},\"keys\":{},\"references\":{},\"uniques\":{},"
      "\"indexes\":{},\"checks\":{},\"enums\":{}}}",
      n.tables, n.columns, n.keys, n.references, n.uniques, n.indexes, n.checks, n.enums);
}

}  // namespace

Outcome runImport(Context& context) {
  const auto& invocation = context.invocation;
  const std::vector<std::string>& names = invocation.arguments;
  const std::string& first = names.front();
  std::string stem = packageNameFrom(first.substr(first.rfind('/') + 1), "imported");
  if (stem == "schema") stem = "imported";
  const std::string package = invocation.value("package", stem);
  if (!isPackageName(package))
    return context.fail(
        report<Code::CFG067>({}, package)
            .note("it is letters, digits and `_`, begins with a letter, and is no reserved word"));

  Sources sources;
  for (const std::string& name : names) {
    auto text = context.fs.read(name);
    if (!text) return context.fail(report<Code::CFG051>({}, name, text.error()));
    sources.files.push_back(sources.map.add(name, std::move(*text)));
  }
  const auto format = chooseFormat(context, sources);
  if (!format) return format.error();
  for (const FileId file : sources.files)
    if (auto wrong = notText(sources.map[file], file, *format))
      return context.fail(std::move(*wrong), &sources.map);

  auto schema = importing::readSchema(sources.map, sources.files, *format);
  if (!schema) return context.fail(schema.error(), &sources.map);
  importing::settle(*schema);
  const auto model = compiled(context, *schema, package);
  if (!model) return model.error();
  const auto losses = importing::lossesOf(*schema);
  tell(context, sources.map, losses);
  if (model->carried.tables + model->carried.enums == 0)
    return context.fail(report<Code::IMP003>({}, filesText(names))
                            .note(fmt::format("read as {}", importing::displayNameOf(*format))));

  const std::string folder = invocation.value("out", package);
  const auto files = writePackage(
      context, folder,
      {{"package.cam", model->package},
       {"model.cam", model->model},
       {"IMPORT.md", reportPage(sources.map, filesText(names), *format, model->carried, losses)}},
      invocation.has("force"),
      "choose another folder with `--out DIR`, or write over it with `--force`");
  if (!files) return files.error();
  for (const std::string& path : *files) context.out.print(path + "\n");
  context.out.textField("package", package);
  context.out.textField("from", importing::wordOf(*format));
  context.out.field("files", jsonTexts(*files));
  context.out.field("carried", carriedJson(model->carried));
  context.out.field("notCarried", std::to_string(losses.size()));
  context.out.say(fmt::format("{}; not carried over: {}; next: cambium -C {} check",
                              counts(model->carried), losses.size(), folder));
  if (schema->urlVariable.empty())
    context.out.say(
        fmt::format("before `apply`: say in {}/package.cam where a database is, for example "
                    "`environment dev {{ url env(\"DATABASE_URL\")  destructive allow }}`",
                    folder));
  return Outcome::ok;
}

}  // namespace cambium::cli
