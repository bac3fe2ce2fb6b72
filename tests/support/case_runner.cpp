#include "tests/support/case_runner.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "compiler/artifact/seal.h"
#include "compiler/diagnostics/render.h"
#include "compiler/dialect/loader.h"
#include "plugins/builtin_dialects.h"
#include "tests/support/engine_text.h"
#include "tests/support/places.h"

namespace fs = std::filesystem;

namespace cambium::testing {

const dialect::Dialects& dialects() {
  static const dialect::Dialects all = dialect::builtinDialects();
  return all;
}

std::vector<const dialect::Dialect*> dialectsOf(const GoldenFile& file) {
  const auto setting = file.settings.find("dialects");
  std::vector<const dialect::Dialect*> out;
  for (const auto& dialect : dialects().all()) {
    const auto named = [&](const std::string& list) {
      std::istringstream words(list);
      for (std::string word; words >> word;)
        if (word == "all" || word == dialect->traits().dialect) return true;
      return false;
    };
    if (setting == file.settings.end() || named(setting->second)) out.push_back(dialect.get());
  }
  // The embedded database first: of one warning about one place, what it says is in the sections.
  std::ranges::stable_partition(out, [](const auto* d) { return d->traits().dialect == "sqlite"; });
  return out;
}

namespace {

// One database for all tests of the process; each has a schema of its own in it.
TestDatabase& sharedDatabase() {
  static TestDatabase database = TestServer::shared(ServerKind::postgres).freshDatabase();
  return database;
}

}  // namespace

ScratchDatabase::ScratchDatabase(const std::string& dialect) : dialect_(dialect) {
  if (dialect == "postgres") {
    static unsigned number = 0;
    schema_ = "scratch_" + std::to_string(++number);
    const std::string url = sharedDatabase().url();
    url_ = url + (url.find('?') == std::string::npos ? "?" : "&") + "schema=" + schema_;
    return;
  }
  if (dialect == "mariadb") {
    database_.emplace(TestServer::shared(ServerKind::mariadb).freshDatabase());
    url_ = database_->url();
    return;
  }
  std::string pattern = (fs::temp_directory_path() / "cambium-test-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  file_ = folder_ + "/test.db";
  url_ = dialect + "://" + file_;
}

ScratchDatabase::~ScratchDatabase() {
  if (database_) return;
  if (schema_.empty()) {
    fs::remove_all(folder_);
    return;
  }
  // With the faces of its versions.
  const auto session = open();
  const auto faces = session->query(
      "SELECT nspname FROM pg_namespace n WHERE obj_description(n.oid, 'pg_namespace') = "
      "'cambium: a version of " +
      schema_ + "'");
  std::string all = "\"" + schema_ + "\"";
  if (faces)
    for (const auto& row : *faces) all += ", \"" + row[0].value_or("") + "\"";
  else
    ADD_FAILURE() << faces.error().message;
  const auto done = session->execute("DROP SCHEMA " + all + " CASCADE");
  EXPECT_TRUE(bool(done)) << done.error().message;
}

// ---------------------------------------------------------------- compiling

namespace {

bool endsWith(const std::string& text, std::string_view ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

// A case without a package line gets one, so that it can speak about what it is about.
void supplyPackage(MemoryFileSystem& files, const char* version) {
  for (const auto& [name, text] : files.files) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
      if (line.rfind("package ", 0) == 0) return;
  }
  files.files["package.cam"] = fmt::format("package test version \"{}\"\n", version);
}

}  // namespace

bool everyVersionHasAFace() {
  const char* access = std::getenv("CAMBIUM_ACCESS");
  return access && std::string_view(access) == "views";
}

CompiledCase compileCase(const GoldenFile& file) {
  MemoryFileSystem before, after;
  bool twoVersions = false;
  for (const Section& section : file.sections) {
    if (!endsWith(section.name, ".cam") && !endsWith(section.name, ".json")) continue;
    std::string text = section.text;
    // What a text file cannot hold is written as \x.. in cases that say so.
    if (file.settings.count("escapes")) {
      std::string raw;
      for (size_t i = 0; i < text.size(); ++i) {
        if (text.compare(i, 2, "\\x") == 0 && i + 3 < text.size()) {
          raw += char(std::stoi(text.substr(i + 2, 2), nullptr, 16));
          i += 3;
        } else {
          raw += text[i];
        }
      }
      text = raw;
    }
    const bool first = section.name == "before.cam" || section.name.rfind("before/", 0) == 0;
    twoVersions = twoVersions || first;
    (first ? before : after).files[section.name] = text;
  }
  CompiledCase compiled;
  const auto access = file.settings.find("access");
  compiled.accessViews =
      everyVersionHasAFace() || (access != file.settings.end() && access->second == "views");
  if (const auto soak = file.settings.find("soak"); soak != file.settings.end())
    compiled.soak.seconds = std::stoull(soak->second) * 86'400;
  if (twoVersions) {
    supplyPackage(before, "1.0.0");
    compiled.before = driver::compile(before, "", {});
    if (compiled.before->model && !compiled.before->diagnostics.hasErrors()) {
      const auto& model = *compiled.before->model;
      after.files["versions/" + model.version + ".json"] = artifact::seal(model);
    }
  }
  if (!file.settings.count("package")) supplyPackage(after, twoVersions ? "1.1.0" : "1.0.0");
  compiled.after = driver::compile(after, "", {});
  compiled.advice = file.settings.count("advice") > 0;
  if (compiled.advice) driver::advise(*compiled.after);
  return compiled;
}

std::string briefDiagnostics(const CompiledCase& c) {
  std::string out;
  if (c.before) out += renderBrief(c.before->diagnostics.sorted(), c.before->sources);
  if (c.after) out += renderBrief(c.after->diagnostics.sorted(), c.after->sources);
  return out;
}

// ---------------------------------------------------------------- rows

namespace {

// One CSV line; an empty unquoted cell is NULL.
dialect::Row parseCsv(const std::string& line) {
  dialect::Row row;
  size_t i = 0;
  while (true) {
    dialect::Value cell;
    if (i < line.size() && line[i] == '"') {
      cell.emplace();
      for (++i; i < line.size(); ++i) {
        if (line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"')
          ++i;
        else if (line[i] == '"')
          break;
        *cell += line[i];
      }
      ++i;
    } else {
      const size_t end = std::min(line.find(',', i), line.size());
      if (end > i) cell = line.substr(i, end - i);
      i = end;
    }
    row.push_back(std::move(cell));
    if (i >= line.size()) return row;
    ++i;  // the comma
  }
}

std::string printCsv(const dialect::Value& cell) {
  if (!cell) return "";
  if (!cell->empty() && cell->find_first_of(",\"\n") == std::string::npos) return *cell;
  std::string out = "\"";
  for (const char c : *cell) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::vector<TableRows> parseRows(const std::string& text) {
  std::vector<TableRows> tables;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    if (line.rfind("table ", 0) == 0) {
      tables.push_back({line.substr(6), {}, {}});
    } else if (tables.back().columns.empty()) {
      for (const auto& cell : parseCsv(line)) tables.back().columns.push_back(cell.value_or(""));
    } else {
      tables.back().rows.push_back(parseCsv(line));
    }
  }
  return tables;
}

std::string printRows(const std::vector<TableRows>& tables) {
  std::string out;
  for (const TableRows& table : tables) {
    out += "table " + table.table + "\n";
    for (size_t i = 0; i < table.columns.size(); ++i) out += (i ? "," : "") + table.columns[i];
    out += "\n";
    for (const auto& row : table.rows) {
      for (size_t i = 0; i < row.size(); ++i) out += (i ? "," : "") + printCsv(row[i]);
      out += "\n";
    }
  }
  return out;
}

std::string printRowsAlike(const std::vector<TableRows>& tables) {
  auto alike = tables;
  for (auto& table : alike) {
    for (auto& row : table.rows)
      for (auto& cell : row)
        if (cell) cell = alikeCell(*cell);
    std::sort(table.rows.begin(), table.rows.end());
  }
  return printRows(alike);
}

void insertRows(dialect::Session& session, const std::vector<TableRows>& tables,
                const catalog::Catalog& catalog, const catalog::Traits& traits) {
  for (const TableRows& table : tables) {
    if (table.rows.empty()) continue;
    std::string columns, values;
    for (const auto& name : table.columns)
      columns += (columns.empty() ? "" : ", ") + traits.quote(name);
    const auto* known = catalog.findTable(table.table);
    for (const auto& row : table.rows) {
      values += values.empty() ? "(" : ", (";
      for (size_t i = 0; i < row.size(); ++i) {
        const auto* column = known ? known->findColumn(table.columns.at(i)) : nullptr;
        values += i ? ", " : "";
        values += row[i] ? cellSql(*row[i], column ? column->type : "") : "NULL";
      }
      values += ")";
    }
    const auto done = session.execute("INSERT INTO " + traits.quote(table.table) + " (" + columns +
                                      ") VALUES " + values);
    ASSERT_TRUE(bool(done)) << "inserting into " << table.table << ": " << done.error().message;
  }
}

std::vector<TableRows> readRows(dialect::Session& session, const catalog::Catalog& catalog,
                                const catalog::Traits& traits) {
  std::vector<TableRows> tables;
  for (const auto& table : catalog.tables) {
    TableRows out{table.name, {}, {}};
    std::vector<std::string> names;
    for (const auto& column : table.columns) names.push_back(column.name);
    std::sort(names.begin(), names.end());
    std::string list, order;
    for (const auto& name : names) {
      const std::string& type = table.findColumn(name)->type;
      list += (list.empty() ? "" : ", ") + readSql(traits.quote(name), type);
      order += (order.empty() ? "" : ", ") + orderSql(traits.quote(name), type);
    }
    out.columns = names;
    auto rows = session.query("SELECT " + list + " FROM " + traits.quote(table.name) +
                              " ORDER BY " + order);
    if (!rows) {
      ADD_FAILURE() << "reading " << table.name << ": " << rows.error().message;
      continue;
    }
    out.rows = std::move(*rows);
    if (!out.rows.empty()) tables.push_back(std::move(out));
  }
  return tables;
}

// ---------------------------------------------------------------- databases

std::unique_ptr<dialect::Session> ScratchDatabase::open() const {
  return openDatabase(dialect_, url_);
}

std::unique_ptr<dialect::Session> openDatabase(const std::string& dialect, const std::string& url) {
  dialect::SessionOptions options;
  options.create = true;
  const std::vector<std::string> folders{binaryDir() + "/lib/cambium"};
  const auto plugin = dialect::loadDatabasePlugin(dialect, folders);
  if (!plugin) {
    ADD_FAILURE() << "no plugin for " << dialect << ": " << plugin.error().message;
    std::abort();
  }
  auto session = plugin->open(url, options);
  if (!session) {
    ADD_FAILURE() << "cannot open " << url << ": " << session.error().message;
    std::abort();
  }
  return std::move(*session);
}

std::string runScript(const emit::Script& script, dialect::Session& session, plan::Phase through,
                      bool undo, const runner::EventSink& sink) {
  runner::RunOptions options;
  options.through = through;
  options.undo = undo;
  options.owner = "test@localhost pid " + std::to_string(::getpid());
  options.actor = "test";
  options.environment = "test";
  options.lockRetries = 20;  // as an environment has
  const auto report = runner::run(script, session, options, sink);
  if (report.outcome == runner::Outcome::ok) return "";
  std::string out =
      fmt::format("outcome {}, step {}: {} {} {}", int(report.outcome), report.failedStep,
                  report.message, report.error ? report.error->message : "", report.quarantine);
  if (!report.findRows.empty()) out += "\nfound by: " + report.findRows;
  if (!report.help.empty()) out += "\nhelp: " + report.help;
  return out;
}

}  // namespace cambium::testing
