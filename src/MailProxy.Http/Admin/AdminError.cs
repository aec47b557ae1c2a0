namespace MailProxy.Http.Admin;

/// <summary>Any answer that is not 200.</summary>
/// <param name="Error">What to do about it.</param>
internal sealed record AdminError(string Error);
