namespace MailProxy.Directory;

/// <summary>An account.</summary>
/// <param name="Name">Canonical: <c>local@domain</c>, lower case.</param>
/// <param name="Home">The store id the directory names, or null.</param>
/// <param name="Attributes">Whatever else the provider returned (quota ...), by lower-case name.</param>
/// <param name="Address">The store's address, from a directory that knows no ids; null with a <paramref name="Home"/>, or when it names none.</param>
/// <param name="Login">What to say at the store instead of what the client said; null: nothing else.</param>
public sealed record DirectoryUser(
    string Name, string? Home, IReadOnlyDictionary<string, string> Attributes, StoreAddress? Address = null, StoreCredentials? Login = null);
