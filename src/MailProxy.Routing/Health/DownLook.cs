namespace MailProxy.Routing.Health;

/// <summary>An address that this node takes for down, for people.</summary>
/// <param name="Store">Store id.</param>
/// <param name="Service">What is asked for there: <c>imap</c>, <c>lmtp</c> ...</param>
/// <param name="Address">Host and port.</param>
/// <param name="Since">When the breaker opened.</param>
/// <param name="Reason">The last failure.</param>
public sealed record DownLook(string Store, string Service, string Address, DateTimeOffset Since, string Reason);
