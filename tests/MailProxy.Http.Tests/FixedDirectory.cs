using System.Text;
using MailProxy.Directory;

namespace MailProxy.Http.Tests;

/// <summary>Users whose password is <c>secret</c>, and a switch for a directory that cannot answer.</summary>
internal sealed class FixedDirectory : IUserDirectory
{
    public AuthenticationOutcome Right { get; set; } = AuthenticationOutcome.Authenticated;

    public AuthenticationRequest? Last { get; private set; }

    public string? Forgotten { get; private set; }

    public string? Unreadiness => null;

    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        Last = request;
        var isRight = Encoding.UTF8.GetString(request.Secret.Octets.Span) == "secret";
        if (Right == AuthenticationOutcome.TemporarilyUnavailable)
        {
            return ValueTask.FromResult(new AuthenticationResult(Right, null, "ldap://down"));
        }

        return ValueTask.FromResult(isRight
            ? new AuthenticationResult(Right, new DirectoryUser(request.AuthenticationId.ToLowerInvariant(), null, new Dictionary<string, string>()))
            : new AuthenticationResult(AuthenticationOutcome.WrongPassword));
    }

    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new LookupResult(LookupOutcome.Found, [new DirectoryUser(address.ToLowerInvariant(), null, new Dictionary<string, string>())]));

    public int Forget(string user)
    {
        Forgotten = user;
        return 2;
    }
}
