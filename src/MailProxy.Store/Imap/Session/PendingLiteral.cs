namespace MailProxy.Store.Imap.Session;

/// <summary>A literal that was announced and not read.</summary>
/// <param name="Size">In octets.</param>
/// <param name="IsSynchronizing">True when the client waits for <c>+</c> before it sends.</param>
internal sealed record PendingLiteral(long Size, bool IsSynchronizing);
