package io.euryale.console.architecture.planted;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;

/// What nothing in this project may do. Never run.
final class Reflection {

  private Reflection() {}

  static Object deserialize(InputStream in) throws IOException, ClassNotFoundException {
    return new ObjectInputStream(in).readObject();
  }

  static Class<?> byName(String name) throws ClassNotFoundException {
    return Class.forName(name);
  }
}
