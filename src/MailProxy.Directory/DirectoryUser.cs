namespace MailProxy.Directory;

/// <summary>An account.</summary>
/// <param name="Name">Canonical: <c>local@domain</c>, lower case.</param>
/// <param name="Home">The store id the directory names, or null.</param>
/// <param name="Attributes">Whatever else the provider returned (quota ...), by lower-case name.</param>
public sealed record DirectoryUser(string Name, string? Home, IReadOnlyDictionary<string, string> Attributes);
