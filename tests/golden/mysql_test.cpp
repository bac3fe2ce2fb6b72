// Every case for MySQL 8, too. No such server is at hand: what is looked at is the SQL. Each plan
// is made and proven; nothing in it is MariaDB's alone; a column gets another name only while
// nothing speaks of it that would not follow; an index goes only where it is, and every reference
// has one.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include "compiler/catalog/sql.h"
#include "compiler/diagnostics/render.h"
#include "plugins/mariadb/mariadb.h"
#include "tests/support/case_runner.h"
#include "tests/support/laws.h"
#include "tests/support/places.h"

namespace fs = std::filesystem;

namespace cambium::testing {
namespace {

// Without the texts in it.
std::string withoutTexts(const std::string& sql) {
  std::string out;
  for (size_t i = 0; i < sql.size(); ++i) {
    out += sql[i];
    if (sql[i] != '\'') continue;
    for (++i; i < sql.size() && sql[i] != '\''; ++i)
      if (sql[i] == '\\') ++i;
    out += '\'';
  }
  return out;
}

// The indexes that each table has by its statements.
class Keys {
public:
  // What is wrong with the statement, "" = nothing.
  std::string run(const std::string& sql) {
    static const std::regex created("CREATE TABLE (`[^`]+`)"), altered("ALTER TABLE (`[^`]+`)"),
        dropped("DROP TABLE (`[^`]+`)"), renamed("ALTER TABLE (`[^`]+`) RENAME TO (`[^`]+`)"),
        exchanged("RENAME TABLE `[^`]+` TO `[^`]+`, (`[^`]+`) TO (`[^`]+`)"),
        line("\n  (?:UNIQUE |FULLTEXT |SPATIAL )?KEY (`[^`]+`) \\("),
        clause("(ADD|ADD UNIQUE|ADD FULLTEXT|ADD SPATIAL|DROP) KEY (`[^`]+`)");
    std::smatch found;
    const auto begins = [&](const std::regex& what) {
      return std::regex_search(sql, found, what, std::regex_constants::match_continuous);
    };
    if (begins(created)) {
      auto& keys = keys_[found[1]];
      for (std::sregex_iterator at(sql.begin(), sql.end(), line), end; at != end; ++at)
        keys.insert((*at)[1]);
    } else if (begins(dropped)) {
      keys_.erase(found[1]);
    } else if (begins(renamed) || begins(exchanged)) {
      auto keys = keys_.extract(std::string(found[1]));
      keys.key() = found[2];
      keys_.insert(std::move(keys));
    } else if (begins(altered)) {
      auto& keys = keys_[found[1]];
      std::vector<std::pair<bool, std::string>> changes;  // whether it comes
      for (std::sregex_iterator at(sql.begin(), sql.end(), clause), end; at != end; ++at)
        changes.emplace_back((*at)[1] != "DROP", (*at)[2]);
      // The server lets go first.
      for (const auto& [comes, name] : changes)
        if (!comes && !keys.erase(name)) return "drops " + name + ", which is not there";
      for (const auto& [comes, name] : changes)
        if (comes && !keys.insert(name).second) return "adds " + name + ", which is there";
    }
    return {};
  }

  bool has(const std::string& table, const std::string& key) const {
    const auto found = keys_.find("`" + table + "`");
    return found != keys_.end() && found->second.count("`" + key + "`") > 0;
  }

private:
  std::map<std::string, std::set<std::string>> keys_;
};

void checkText(const std::string& sql) {
  for (const char* word :
       {"IF EXISTS", "nopad", "INVISIBLE", "json_valid", "NOCOPY", "OR REPLACE", "INSTANT, LOCK",
        "DROP CONSTRAINT", " AS uuid", "` uuid", "SET STATEMENT", "RETURNING"})
    EXPECT_EQ(sql.find(word), std::string::npos) << word << " in\n" << sql;
}

bool speaksOf(const catalog::Table& table, const std::string& column,
              const catalog::Traits& traits) {
  const auto said = [&](const std::string& sql) {
    return !sql.empty() && catalog::mentions(sql, column, traits);
  };
  const auto any = [](const auto& list, auto is) { return std::ranges::any_of(list, is); };
  return any(table.checks, [&](const auto& one) { return said(one.sql); }) ||
         any(table.columns, [&](const auto& one) { return said(one.generatedSql); }) ||
         any(table.indexes, [&](const auto& one) {
           return said(one.whereSql) || any(one.parts, [&](const auto& part) {
                    return said(part.sql) || (!one.whereSql.empty() && part.column == column);
                  });
         });
}

void checkRenames(const plan::Plan& plan, const catalog::Traits& traits) {
  catalog::Catalog now = plan.before;
  for (const auto& step : plan.steps)
    for (const auto& op : step.operations) {
      if (const auto* rename = std::get_if<plan::RenameColumn>(&op)) {
        const auto* table = now.findTable(rename->table);
        ASSERT_TRUE(table);
        EXPECT_FALSE(speaksOf(*table, rename->from, traits))
            << rename->table << "." << rename->from << " is renamed under what speaks of it";
      }
      ASSERT_EQ(plan::apply(op, now, traits), "");
    }
}

void checkStatements(const emit::Script& script, Keys& keys) {
  for (const auto& step : script.steps) {
    for (const auto& sql : step.action.sql.statements) {
      const std::string text = withoutTexts(sql);
      checkText(text);
      EXPECT_EQ(keys.run(text), "") << sql;
    }
    for (const auto& sql : step.undo.sql.statements) checkText(withoutTexts(sql));
  }
}

// Back from as far as it goes.
void checkUndo(const emit::Script& script, Keys keys) {
  for (auto step = script.steps.rbegin(); step != script.steps.rend(); ++step)
    for (const auto& sql : step->undo.sql.statements)
      EXPECT_EQ(keys.run(withoutTexts(sql)), "") << "undo: " << sql;
}

std::vector<std::string> errorsOf(const CompiledCase& c) {
  std::vector<std::string> out;
  for (const auto* one : {c.before.get(), c.after.get()})
    if (one)
      for (const auto& d : one->diagnostics.all())
        if (d.severity == Severity::error) out.push_back(d.message);
  return out;
}

TEST(Mysql, everyCaseIsPlanned) {
  const auto& mysql = *dialects().find("mysql");
  const auto& mariadb = *dialects().find("mariadb");
  const fs::path root = fs::path(sourceDir()) / "tests/golden";
  size_t planned = 0, refused = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".case") continue;
    SCOPED_TRACE(entry.path().string());
    const GoldenFile file = parseGolden(readFile(entry.path()));
    const CompiledCase compiled = compileCase(file);
    if (!planCase(compiled, mariadb)) continue;
    const auto before = errorsOf(compiled).size();
    const auto mine = planCase(compiled, mysql);
    if (!mine) {
      // What it does not have, it says.
      const auto errors = errorsOf(compiled);
      EXPECT_GT(errors.size(), before);
      for (size_t i = before; i < errors.size(); ++i)
        EXPECT_NE(errors[i].find("MySQL 8"), std::string::npos) << errors[i];
      ++refused;
      continue;
    }
    ++planned;
    Keys keys;
    if (compiled.before) {
      const auto base = planFresh(*compiled.after, compiled.before->model, mysql);
      ASSERT_TRUE(base);
      checkStatements(base->script, keys);
    }
    // Undo ends where contract begins.
    emit::Script way = mine->script, rest = mine->script;
    std::erase_if(way.steps, [](const auto& s) { return s.phase == plan::Phase::contract; });
    std::erase_if(rest.steps, [](const auto& s) { return s.phase != plan::Phase::contract; });
    checkStatements(way, keys);
    checkUndo(way, keys);
    checkStatements(rest, keys);
    checkRenames(mine->plan, mysql.traits());
    for (const auto& table : mine->to.catalog.tables)
      for (const auto& fk : table.foreignKeys)
        EXPECT_NE(dialect::mariadb::isServed(fk, table), keys.has(table.name, fk.name))
            << table.name << ": " << fk.name;
  }
  EXPECT_GT(planned, 400u);
  EXPECT_GT(refused, 2u);
}

}  // namespace
}  // namespace cambium::testing
