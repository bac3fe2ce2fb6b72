// cli/package_files.h: new packages on disk (`init`, `pull`, `import`): what they may be called,
// and that they are there whole or not at all.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/package.h"

namespace cambium::cli {

// A package is called like a name of the language.
bool isPackageName(std::string_view name);
// Any text as such a name, without an ending: "Chinook.db" → "chinook"; `otherwise` where nothing
// of it is left.
std::string packageNameFrom(std::string_view text, const std::string& otherwise);

// Writes the files (name, text) into the folder, which is made. Files of a model that are there
// already are left alone and end the command (CFG066), unless `overwrite`: then the ones written
// take the place of theirs, and come back if one of them cannot be written. Out: the paths.
Or<std::vector<std::string>> writePackage(
    Context&, const std::string& folder,
    const std::vector<std::pair<std::string, std::string>>& files, bool overwrite,
    const std::string& help);

// Every `.cam` file below a package belongs to it, and so would a new one there: who makes one is
// told. Nothing is told of a folder that no package lies above.
void tellOfPackageAbove(Context&, const std::string& folder);

}  // namespace cambium::cli
