// THE table of commands and flags: help, suggestions and what the parser takes come from it.
#include <vector>

#include "cli/commands.h"

namespace cambium::cli {

namespace {

constexpr Flag kExitCode{"exit-code", 0, "", "exit 4 if there are changes"};
constexpr Flag kYes{"yes", 'y', "", "agree to deleting data without being asked"};

}  // namespace

std::span<const Flag> globalFlags() {
  static const std::vector<Flag> all = {
      {"directory", 'C', "DIR", "work in that folder instead of this one"},
      {"env", 'e', "NAME",
       "the environment (default: the only one, or the first that is not promoted to)"},
      {"format", 0, "FORM", "form of the result", "text|json|jsonl|markdown"},
      {"color", 0, "WHEN", "colours", "auto|always|never"},
      {"ascii", 0, "", "no characters beyond ASCII in drawings"},
      {"quiet", 'q', "", "only what was asked for, and errors"},
      {"verbose", 'v', "", "more about what is done"},
      {"no-progress", 0, "", "no progress of steps"},
      {"no-input", 0, "", "never ask, even at a terminal"},
      {"time-passes", 0, "", "CPU time of each stage of the compiler"},
      {"dump", 0, "STAGE", "output of a stage of the compiler",
       "tokens|tree|ir|catalog|changes|plan|script", true},
      {"help", 'h', "", "help of the command"},
      {"version", 0, "", "version of the tool"},
  };
  return all;
}

std::span<const Command> commands() {
  static const std::vector<Command> all = {
      {"init",
       "NAME",
       "make a new package in folder NAME",
       "Makes the folder NAME with `package.cam` and a small model, ready for `cambium apply`: the "
       "environment `dev` is a\n"
       "database file beside it. Files that are there already are never touched.",
       1,
       1,
       {},
       "text|json|jsonl",
       {"cambium init shop && cd shop && cambium apply"},
       runInit},
      {"check",
       "",
       "find mistakes in the model",
       "Compiles the package, its sealed versions and its migrations, for each kind of database "
       "that its environments\n"
       "name. Exit 3 if there are errors.",
       0,
       0,
       {{"fix", 0, "", "apply the fixes that are safe, then check again"},
        {"docs", 0, "", "also warn of what nothing documents"},
        {"advice", 0, "", "also warn of habits that some would rather not have"}},
       "text|json|jsonl",
       {"cambium check", "cambium check --fix", "cambium check --format jsonl"},
       runCheck},
      {"fmt",
       "[FILES]",
       "format the source",
       "There is one style and no options. Comments are kept; a file is only written after it is "
       "proven that it still\n"
       "says the same. Without FILES: every `.cam` file of the package.",
       0,
       100000,
       {{"check", 0, "", "change nothing; exit 3 if something would change"},
        {"diff", 0, "", "change nothing; show what would change"},
        {"stdin-path", 0, "P",
         "read from stdin, write to stdout; P is the file's name in messages"}},
       "text|json|jsonl",
       {"cambium fmt", "cambium fmt --check", "cambium fmt --stdin-path a.cam < a.cam"},
       runFmt},
      {"build",
       "",
       "write the sealed model and the DDL",
       "Writes `PACKAGE.model.json` and for each dialect `PACKAGE.DIALECT.sql`, each only if it "
       "changed.",
       0,
       0,
       {{"output", 'o', "DIR", "folder for the files (default: build)"},
        {"dialect", 0, "D",
         "kind of database; may be repeated (default: those of the environments)", "", true},
        {"depfile", 0, "F", "write a depfile for Make or Ninja"}},
       "text|json|jsonl",
       {"cambium build -o out --dialect sqlite"},
       runBuild},
      {"seal",
       "",
       "keep this version for good",
       "Writes `versions/VERSION.json`: the model with its digest. A sealed version never changes; "
       "sealing the same model\n"
       "again does nothing, another model under the same version is refused. A version that is "
       "active "
       "somewhere and that nobody\n"
       "sealed before the model changed is got back with `--from`: its database has kept the "
       "document.",
       0,
       0,
       {{"from", 0, "env:NAME", "seal what is active in that environment"}},
       "text|json|jsonl",
       {"cambium seal", "cambium seal --from env:dev"},
       runSeal},
      {"diff",
       "[A] [B]",
       "what changed between two models",
       "A model is named as `.` (the working folder), a sealed version (`1.3.0`), `env:NAME` (what "
       "is active there) or\n"
       "`db:URL` (read from the database). Default: from the newest sealed version to the working "
       "folder. Each change is\n"
       "safe, breaking or destructive.",
       0,
       2,
       {kExitCode},
       "text|json|jsonl|markdown",
       {"cambium diff", "cambium diff 1.2.0 .", "cambium diff env:prod ."},
       runDiff},
      {"plan",
       "",
       "the steps from what is active to a version",
       "Starts from what is active in the environment's database (or --from), goes to the working "
       "folder (or --to). The plan\n"
       "is proven before it is shown. Nothing is written to the database. Where sealed versions "
       "lie between, there is a plan\n"
       "for each of them, but for those that make no difference.",
       0,
       0,
       {{"output", 'o', "FILE", "write the plan file, for `apply FILE`"},
        {"from", 0, "V", "start from this sealed version; no database is asked"},
        {"to", 0, "V", "go to this version"},
        {"rollback", 0, "", "the way back to an older version, as `rollback` goes it"},
        {"explain", 0, "STEP", "all about one step"},
        {"graph", 0, "FORM", "as a graph of steps and rules: dot, mermaid"},
        {"sql", 0, "", "as SQL"},
        {"samples", 0, "N", "list N of the rows in the way, by their key"},
        {"verify-on", 0, "URL",
         "try it on this empty database, with rows, forth and back; all of it is removed again"},
        kExitCode},
       "text|json|jsonl|markdown",
       {"cambium plan", "cambium plan -e prod -o prod.plan", "cambium plan --explain 3",
        "cambium plan --from 1.0.0 --verify-on sqlite::memory:"},
       runPlan},
      {"apply",
       "[PLAN]",
       "take the database to the new version",
       "Makes a plan (or reads PLAN) and runs it. It may be killed at any moment: the same command "
       "goes on where it stopped.\n"
       "Unless the environment allows deletions it stops before the contract phase if that deletes "
       "data; until then `undo`\n"
       "leads back. Ctrl-C pauses after the current statement or batch. A database that is several "
       "sealed versions behind is taken\n"
       "through them, each to its end before the next begins.",
       0,
       1,
       {{"through", 0, "PHASE", "stop after this phase",
         "expand|backfill|validate|switch|contract"},
        kYes,
        {"dry-run", 0, "", "show what would be done"}},
       "text|json|jsonl",
       {"cambium apply", "cambium apply prod.plan", "cambium apply --through switch"},
       runApply},
      {"status",
       "",
       "what is active where",
       "For each environment: the active version, a plan that is under way, drift, and what comes "
       "next.",
       0,
       0,
       {},
       "text|json|jsonl",
       {"cambium status", "cambium status -e prod --format json"},
       runStatus},
      {"undo",
       "",
       "take back the plan that is under way",
       "Runs the inverse of each step that was done, last to first. Possible until the contract "
       "phase has begun. Rows and values\n"
       "that only the new version has a place for go with it: they are counted, and a person has "
       "to "
       "agree.",
       0,
       0,
       {kYes},
       "text|json|jsonl",
       {"cambium undo -e dev"},
       runUndo},
      {"rollback",
       "",
       "go back to an older version when undo no longer can",
       "Publishes the version that was active before (or --to) again, by a plan of its own: the "
       "migration between the two is\n"
       "turned round, and applications of both work until its contract phase. First of all it "
       "counts what is lost: rows and values\n"
       "that only the newer version has a place for, values that do not come back, and what "
       "CONTRACT took away. A person has to agree.\n"
       "What nobody can derive is said in a block `migration from \"2.0.0\" to \"1.0.0\" { … }`.",
       0,
       0,
       {{"to", 0, "V", "go back to this version (default: the one that was active before)"},
        {"through", 0, "PHASE", "stop after this phase",
         "expand|backfill|validate|switch|contract"},
        kYes,
        {"dry-run", 0, "", "show what would be lost and done"}},
       "text|json|jsonl",
       {"cambium rollback -e dev --dry-run", "cambium rollback -e prod --to 1.4.0"},
       runRollback},
      {"kept",
       "",
       "what went, and is kept for a time",
       "Where an environment says `soak 7d`, what a plan takes away in the contract phase stays in "
       "the database under another name,\n"
       "for so long after the plan has ended. Lists what it was, how many rows or values there "
       "are, "
       "where, and until when.",
       0,
       0,
       {{"restore", 0, "NAME",
         "copy the values of this column to where its property is empty now"}},
       "text|json|jsonl",
       {"cambium kept -e prod", "cambium kept --restore cambium_kept_7_1_nickname"},
       runKept},
      {"purge",
       "",
       "remove what was kept long enough",
       "Removes for good what `cambium kept` shows as overdue; a person has to agree.",
       0,
       0,
       {{"now", 0, "", "all that is kept, overdue or not"}, kYes},
       "text|json|jsonl",
       {"cambium purge -e prod", "cambium purge -e dev --now --yes"},
       runPurge},
      {"resume",
       "",
       "go on with the plan that is under way",
       "As `apply` does, with the plan that the database has stored.",
       0,
       0,
       {{"through", 0, "PHASE", "stop after this phase",
         "expand|backfill|validate|switch|contract"},
        kYes},
       "text|json|jsonl",
       {"cambium resume -e dev"},
       runResume},
      {"pull",
       "URL",
       "write a model for a database that exists",
       "Reads the database's schema and writes it as `.cam` files. Lists what the language cannot "
       "say.",
       1,
       1,
       {{"output", 'o', "DIR", "folder for the files (default: the package's name)"},
        {"package", 0, "NAME", "name of the package (default: from the database's name)"},
        {"version", 0, "V", "version of the package (default: 0.1.0)"}},
       "text|json|jsonl",
       {"cambium pull sqlite://app.db -o app"},
       runPull},
      {"import",
       "FILE...",
       "write a model for a schema in another language",
       "Reads a Prisma schema, or the DDL of PostgreSQL, MySQL and MariaDB, or SQLite: several "
       "files "
       "are read as one, in this\n"
       "order (a migration after the other). Writes a package that compiles, and lists what is not "
       "carried over: here, and\n"
       "in `IMPORT.md` beside the model.",
       1,
       100000,
       {{"from", 0, "FORMAT", "what the files are written in (default: guessed)",
         "prisma|postgres|mysql|sqlite"},
        {"out", 'o', "DIR", "folder for the files (default: the package's name)"},
        {"package", 0, "NAME", "name of the package (default: from the first file's name)"},
        {"keep-names", 0, "", "keep the names of indexes, uniques and checks with `@name`"},
        {"force", 0, "", "write over the files of an earlier import"}},
       "text|json|jsonl",
       {"cambium import schema.prisma --out shop", "cambium import schema.sql --from mysql",
        "cambium import migrations/*.sql --package shop"},
       runImport},
      {"adopt",
       "",
       "record that the database is at a version",
       "Checks that the database is exactly what the model describes, and records the version in "
       "it. Differences are listed\n"
       "(exit 3) and nothing is recorded then. What is there beside the model (enums and functions "
       "of the database, views\n"
       "of others, tables without a key) may stay: --with-extras records it as known. Run it again "
       "when that has changed.",
       0,
       0,
       {{"version", 0, "V", "a sealed version (default: the working folder)"},
        {"with-extras", 0, "", "what is there beside the model is known, and stays"}},
       "text|json|jsonl",
       {"cambium adopt -e prod"},
       runAdopt},
      {"drift",
       "",
       "what somebody changed by hand",
       "Compares the database with the version that is active in it: what is missing, what is "
       "changed, what is extra.",
       0,
       0,
       {{"repair", 0, "", "as SQL that would bring it back; nothing is done"}, kExitCode},
       "text|json|jsonl|markdown",
       {"cambium drift -e prod --exit-code", "cambium drift --repair"},
       runDrift},
      {"explain",
       "[CODE]",
       "what a diagnostic means, with an example",
       "Works offline. Without CODE: every code with its title.",
       0,
       1,
       {},
       "text|json|jsonl",
       {"cambium explain REF001"},
       runExplain},
      {"help",
       "[COMMAND|TOPIC]",
       "help of a command or a topic",
       "Topics: exit-codes, environment, formats.",
       0,
       1,
       {},
       "text",
       {"cambium help plan", "cambium help exit-codes"},
       runHelp},
      {"version",
       "",
       "version of the tool",
       "",
       0,
       0,
       {{"json", 0, "", "as JSON"}},
       "text|json|jsonl",
       {"cambium version --json"},
       runVersion},
  };
  return all;
}

}  // namespace cambium::cli
