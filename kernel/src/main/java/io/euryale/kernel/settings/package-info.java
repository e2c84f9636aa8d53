/// How settings records describe themselves: each component of a record carries a
/// [io.euryale.kernel.settings.Setting]; `platform` binds YAML to the records strictly and
/// generates a JSON Schema from them.
@NullMarked
package io.euryale.kernel.settings;

import org.jspecify.annotations.NullMarked;
