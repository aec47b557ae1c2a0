using MailProxy.Proxy.Failures;
using MailProxy.Proxy.StoreLogin;

namespace MailProxy.Proxy.Authenticate;

/// <summary>A protocol's talk with the client up to login: what differs between IMAP, POP3 and submission, and nothing else.</summary>
internal interface IClientDialogue : IFarewell
{
    /// <summary>Sends the greeting.</summary>
    ValueTask GreetAsync(CancellationToken cancellationToken);

    /// <summary>Serves commands until one brings credentials, the client leaves, or it must go.</summary>
    ValueTask<Outcome<LoginAttempt>> ReadLoginAsync(CancellationToken cancellationToken);

    /// <summary>Answers the login command: no, and why. The client stays and may try again.</summary>
    ValueTask RefuseAsync(ProxyFailure failure, string? userText, CancellationToken cancellationToken);

    /// <summary>Answers the login command: yes, in the store's words.</summary>
    ValueTask AcceptAsync(StoreWelcome welcome, CancellationToken cancellationToken);
}
