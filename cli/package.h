// cli/package.h: the package in the working folder, as commands meet it. Whatever fails is
// reported; the Outcome says how the command ends then.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/context.h"

namespace cambium::cli {

template <class T>
using Or = Result<T, Outcome>;
using ModelPtr = std::shared_ptr<const ir::Model>;

// Compiles; errors end the command. `options` with what the caller wants besides.
Or<driver::Compilation*> loadPackage(Context&, const driver::Options& options);
Or<driver::Compilation*> loadPackage(Context&);

// A model by its number: the sealed one, or the working folder's if that is its version and it is
// not sealed. The working folder's (`version` empty) must state a version, and not differ from the
// sealed one of that version.
Or<ModelPtr> modelOfVersion(Context&, driver::Compilation&, const std::string& version);

// By its name; says which there are if it is none of them.
Or<const ir::Environment*> findEnvironment(Context&, driver::Compilation&, const std::string& name);
// What a command is about: -e, else the only environment, else the first that is not promoted to.
Or<const ir::Environment*> chooseEnvironment(Context&, driver::Compilation&);

// For commands that do what a database has recorded: they need the package's name and the
// environment, which a model with errors still has. Says so; where an error may concern these two,
// it ends the command like any other.
struct RecordedPlace {
  driver::Compilation* package = nullptr;
  const ir::Environment* environment = nullptr;
};
Or<RecordedPlace> recordedPlace(Context&);

// An environment's database.
struct Target {
  const ir::Environment* environment = nullptr;  // null for a plain url
  std::string url;
  const dialect::Dialect* dialect = nullptr;
  std::string shown;  // the url without a password
};
Or<Target> targetOf(Context&, driver::Compilation&, const ir::Environment&);
Or<Target> targetOf(Context&, const std::string& url);
// By the word that the url begins with.
Result<const dialect::Dialect*, Diagnostic> dialectOf(Context&, const std::string& url);

// The same, where a missing variable is no error but a remark: "PROD_URL is not set".
Result<std::string> urlOf(const ir::Environment&);

// The dialects that the package's environments name (also those whose variable is not set: then
// none is known), or all of them.
std::vector<const dialect::Dialect*> dialectsOf(Context&, const ir::Model&);

// `scheme://user:***@host…`
std::string withoutPassword(std::string_view url);
// Any text with every url's password taken out (for messages of others).
std::string withoutPasswords(std::string text);
// The same, and without the password of this url, wherever and however others quote it.
std::string withoutSecrets(std::string text, const std::string& url);

}  // namespace cambium::cli
