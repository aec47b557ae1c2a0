using MailProxy.Proxy.Authenticate;

namespace MailProxy.Configuration;

/// <summary>How clients may log in.</summary>
public sealed class AuthenticationOptions
{
    /// <summary>Who may send a password without TLS: <c>never</c>, <c>loopback</c> or <c>always</c>.</summary>
    public ClearTextPolicy ClearText { get; set; } = ClearTextPolicy.Never;
}
