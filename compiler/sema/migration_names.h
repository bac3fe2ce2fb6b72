// sema/migration_names.h: `rename` of what has a name and no values: uniques, indexes, checks,
// policies, views, roles, templates. Private to this folder.
#pragma once

#include <tuple>

#include "compiler/sema/migration_paths.h"

namespace cambium::sema {

class NameRenames {
public:
  // `entities`: what the block calls those of the old version.
  NameRenames(Context& c, const Versions& versions,
              const std::map<std::string, std::string>& entities)
      : c_(c), v_(versions), entities_(entities) {}

  // Each line of the block first: a name may be free because another line takes it away.
  void note(const syntax::MigrationItem&);
  // Adds the rules that the line makes, none after an error; false: it is about something else.
  // Errors: MIG004 to MIG007, MIG010.
  bool read(const syntax::MigrationItem&, std::vector<ir::RenameRule>& out);

private:
  std::optional<Named> about(const syntax::MigrationItem&) const;
  std::vector<ir::Path> pathsOf(const syntax::QName&, Named) const;
  bool check(const syntax::MigrationItem&, Named, const ir::Path&);
  std::string nowOf(const std::string& entity) const;
  // The line is about nothing else, in either direction; else MIG010.
  bool isPlain(const syntax::MigrationItem&, Named, const ir::Path&);
  bool meansAnother(const syntax::MigrationItem&);
  void mixed(Span, const std::string& name, std::string_view, std::string_view);
  void eachOnItsOwn(Diagnostic&, const std::string& policy, const std::string& to) const;
  bool once(bool fromSide, Named, const ir::Path&, const std::string& name, Span);

  Context& c_;
  const Versions& v_;
  const std::map<std::string, std::string>& entities_;
  std::map<std::pair<Named, ir::Path>, std::string> renamed_;
  std::map<std::tuple<bool, Named, ir::Path>, Span> touched_;
};

}  // namespace cambium::sema
