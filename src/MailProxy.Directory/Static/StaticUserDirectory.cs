using System.Collections.Frozen;
using MailProxy.Directory.Passwords;
using MailProxy.Directory.Proofs;

namespace MailProxy.Directory.Static;

/// <summary>Every well-formed name is a user, and one password is everybody's.</summary>
public sealed class StaticUserDirectory : IDirectoryProvider
{
    private readonly PasswordHash _password;
    private readonly FrozenSet<string> _domains;

    /// <summary>Options must be valid.</summary>
    public StaticUserDirectory(StaticDirectoryOptions options)
    {
        _password = PasswordParser.TryParse(options.Password, out var hash, out var error) ? hash : throw new ArgumentException(error, nameof(options));
        _domains = options.Domains.Select(domain => domain.ToLowerInvariant()).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public string? Unreadiness => null;

    /// <inheritdoc/>
    public string? Notice => "everybody exists and has the same password: not for real users";

    /// <inheritdoc/>
    public ValueTask StartAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Compares at once: whoever wants an expensive scheme wants the file provider.</summary>
    public ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        // Alone it stands behind nothing that would keep tokens away.
        var matches = request.IsVouched
            || (request.Proof is { } proof ? proof.IsVerified || proof.Matches(_password)
                : request.Kind == CredentialKinds.Passwords && _password.Verify(request.Secret.Octets.Span));
        var name = request.AuthenticationId.ToLowerInvariant();
        if (request.AuthorizationId.Length > 0 && !string.Equals(request.AuthorizationId, request.AuthenticationId, StringComparison.OrdinalIgnoreCase))
        {
            return ValueTask.FromResult(new AuthenticationResult(AuthenticationOutcome.NotAuthorized, Detail: "nobody may act as another"));
        }

        return ValueTask.FromResult((matches, IsOurs(name)) switch
        {
            (false, _) => new AuthenticationResult(AuthenticationOutcome.WrongPassword, Detail: "static"),
            (_, false) => new AuthenticationResult(AuthenticationOutcome.NoSuchUser, Detail: "not a name of our domains"),
            _ => new AuthenticationResult(AuthenticationOutcome.Authenticated, UserOf(name), "static"),
        });
    }

    /// <inheritdoc/>
    public ValueTask<ChallengeResult> ChallengeAsync(ChallengeRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(StoredKeys.Of([_password], request.Scheme, request.UserName));

    /// <inheritdoc/>
    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken)
    {
        var name = address.ToLowerInvariant();
        return ValueTask.FromResult(IsOurs(name)
            ? new LookupResult(LookupOutcome.Found, [UserOf(name)])
            : new LookupResult(LookupOutcome.NotOurDomain, []));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static DirectoryUser UserOf(string name) => new(name, null, FrozenDictionary<string, string>.Empty);

    private bool IsOurs(string name)
    {
        var at = name.LastIndexOf('@');
        return at > 0 && at < name.Length - 1 && (_domains.Count == 0 || _domains.Contains(name[(at + 1)..]));
    }
}
