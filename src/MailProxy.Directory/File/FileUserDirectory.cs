using MailProxy.Directory.Passwords;
using Microsoft.Extensions.Logging;

namespace MailProxy.Directory.File;

/// <summary>
/// Users in a JSON file (docs/directory.md has its format), read again whenever it changes. A version with errors is not taken: the
/// one before goes on being served, and the log and <see cref="Notice"/> say what is wrong.
/// </summary>
public sealed class FileUserDirectory : IDirectoryProvider
{
    private readonly CurrentFile _current;
    private readonly FileWatch _watch;
    private readonly PasswordChecks _checks = new();
    private int _disposed;

    /// <summary>Nothing is read before <see cref="StartAsync"/>.</summary>
    public FileUserDirectory(FileDirectoryOptions options, ILogger<FileUserDirectory> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        string path = Path.GetFullPath(options.Path);
        _current = new CurrentFile(path, options.DefaultDomain, logger, time);
        _watch = new FileWatch(path, _current.Check, logger, time);
    }

    /// <inheritdoc/>
    public string? Unreadiness => _current.Table is null ? _current.Problem : null;

    /// <inheritdoc/>
    public string? Notice => _current.Table is null ? null : _current.Problem;

    /// <inheritdoc/>
    public DecidingFacts DecidesBy => DecidingFacts.None;

    /// <inheritdoc/>
    public long Version => _current.Version;

    /// <summary>For tests: completes when the file was looked at the next time.</summary>
    internal Task NextCheck => _watch.NextCheck;

    /// <inheritdoc/>
    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        // Watching begins before the first reading: a change in between is seen twice rather than never.
        _watch.Start();
        await Task.Run(_current.Check, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(AuthenticationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_current.Table is not { } table)
        {
            return new AuthenticationResult(AuthenticationOutcome.TemporarilyUnavailable, Detail: _current.Problem ?? "");
        }

        if (request.IsVouched)
        {
            return table.FindLogin(request.AuthenticationId) is { } known
                ? Judge(table, known, "", "vouched for", isVouched: true)
                : new AuthenticationResult(AuthenticationOutcome.NoSuchUser, Detail: "not in the file");
        }

        // The comparison comes first and always: how long the answer takes must not tell who exists or who is disabled.
        UserRecord? record = table.FindLogin(request.AuthenticationId);
        PasswordHash hash = record?.Password ?? table.Decoy(request.AuthenticationId);
        request.Trace?.Invoke(record is null ? "the file has no such user" : $"the file has {record.User.Name}, password {hash}, home {record.User.Home ?? "-"}");
        bool? matches;
        try
        {
            matches = await _checks.CompareAsync(hash, request.Secret, cancellationToken);
        }
        catch (InvalidOperationException exception)
        {
            return new AuthenticationResult(AuthenticationOutcome.TemporarilyUnavailable, record?.User, exception.Message);
        }

        return matches switch
        {
            null => new AuthenticationResult(AuthenticationOutcome.TemporarilyUnavailable, Detail: "too many passwords wait to be compared"),
            _ when record is null => new AuthenticationResult(AuthenticationOutcome.NoSuchUser, Detail: "not in the file"),
            false => new AuthenticationResult(AuthenticationOutcome.WrongPassword, Detail: $"{{{hash.Scheme}}} does not match"),
            true => Judge(table, record, request.AuthorizationId, $"{{{hash.Scheme}}}"),
        };
    }

    /// <inheritdoc/>
    public ValueTask<LookupResult> LookUpAsync(string address, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_current.Table?.LookUp(address)
            ?? new LookupResult(LookupOutcome.TemporarilyUnavailable, [], _current.Problem ?? ""));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _watch.DisposeAsync();
        await _checks.DisposeAsync();
    }

    /// <summary>The password was right, or somebody vouches for the user.</summary>
    private static AuthenticationResult Judge(UserTable table, UserRecord owner, string authorizationId, string how, bool isVouched = false)
    {
        if (owner.IsDisabled || (owner.IsExpired && !isVouched))
        {
            return new AuthenticationResult(
                owner.IsDisabled ? AuthenticationOutcome.Disabled : AuthenticationOutcome.Expired, owner.User, "so marked in the file");
        }

        if (authorizationId.Length == 0 || table.FindLogin(authorizationId) is { } same && ReferenceEquals(same, owner))
        {
            return new AuthenticationResult(AuthenticationOutcome.Authenticated, owner.User, how);
        }

        // Whether there is such a user at all is told to nobody who may not act as them.
        if (table.FindLogin(authorizationId) is not { } other || !owner.MayActAs.Contains(other.User.Name))
        {
            return new AuthenticationResult(AuthenticationOutcome.NotAuthorized, Detail: $"{owner.User.Name} may not act as the user asked for");
        }

        return other.IsDisabled
            ? new AuthenticationResult(AuthenticationOutcome.Disabled, other.User, $"so marked in the file; asked by {owner.User.Name}")
            : new AuthenticationResult(AuthenticationOutcome.Authenticated, other.User, $"{how} of {owner.User.Name}, who may act as this user");
    }
}
