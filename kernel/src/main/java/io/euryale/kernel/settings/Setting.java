package io.euryale.kernel.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Describes one component of a settings record. Components are `boolean`, `int`, `long` (bytes
/// when the name ends in `Bytes`), `String`, `Duration`, an enum, a nested settings record, or a
/// `List`
/// of `String` or `Integer`.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
  /// What it does and what goes wrong at either extreme, in one or two sentences.
  String about();

  /// The default as it would stand in YAML (`500ms`, `64KiB`, `[2, 2, 2]`); empty means required
  /// for scalars, and "all defaults" for nested records.
  String byDefault() default "";

  /// Smallest value allowed, written like the default; empty means no bound.
  String min() default "";

  /// Largest value allowed, written like the default; empty means no bound.
  String max() default "";
}
