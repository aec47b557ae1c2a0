namespace MailProxy.Http.UserTraffic;

/// <summary>A store answered 401 to what the proxy said of itself.</summary>
/// <param name="Challenge">Its WWW-Authenticate, for the log.</param>
internal sealed record StoreRefusal(string Challenge);
