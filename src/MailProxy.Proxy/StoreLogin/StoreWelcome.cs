namespace MailProxy.Proxy.StoreLogin;

/// <summary>What a store said when it let the user in: the client is told the same.</summary>
/// <param name="Capabilities">IMAP: the capability list without the word CAPABILITY; otherwise empty.</param>
/// <param name="Text">The human text of its verdict.</param>
internal sealed record StoreWelcome(string Capabilities, string Text);
