namespace MailProxy.Directory.File;

/// <summary>A member of an object, or an element of an array.</summary>
/// <param name="Name">The key; of elements, the index.</param>
/// <param name="Value">The value.</param>
internal sealed record LocatedMember(string Name, LocatedValue Value);
