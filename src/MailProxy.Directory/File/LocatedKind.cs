namespace MailProxy.Directory.File;

/// <summary>The kinds of JSON value.</summary>
internal enum LocatedKind
{
    /// <summary><c>null</c></summary>
    Null,

    /// <summary><c>true</c>, <c>false</c></summary>
    Boolean,

    /// <summary>A number, kept as text.</summary>
    Number,

    /// <summary>A string.</summary>
    String,

    /// <summary>An array.</summary>
    Array,

    /// <summary>An object.</summary>
    Object,
}
