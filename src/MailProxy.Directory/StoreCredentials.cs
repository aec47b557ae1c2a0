namespace MailProxy.Directory;

/// <summary>What the directory wants to be said at the store instead of what the client said. For the store's login and nothing else.</summary>
/// <param name="Name">The user name, exactly as it is to be sent; null: the canonical one.</param>
/// <param name="Secret">The password; null: the client's.</param>
public sealed record StoreCredentials(string? Name, SealedSecret? Secret);
