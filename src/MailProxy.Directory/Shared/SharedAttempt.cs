using MailProxy.Directory.Guard;
using StackExchange.Redis;

namespace MailProxy.Directory.Shared;

/// <summary>One attempt, by the names that it has on the server. The password is not kept: a few bits of a keyed hash are.</summary>
internal sealed class SharedAttempt : ISharedAttempt
{
    private readonly SharedLink _link;
    private readonly GuardOptions _options;
    private readonly RedisKey _user;
    private readonly RedisKey _trying;
    private readonly RedisKey _owner;
    private readonly RedisKey _address;
    private readonly RedisKey _known;
    private readonly RedisValue _hasAddress;
    private readonly RedisValue _ofUser;
    private readonly RedisValue _ofAddress;

    public SharedAttempt(SharedLink link, SharedNames names, GuardOptions options, string user, string? address, Guess guess)
    {
        (_link, _options, _hasAddress) = (link, options, address is not null);
        var (userName, addressName) = (names.Of("user", user), names.Of("address", address ?? ""));
        (_user, _address) = (userName, addressName);
        (_trying, _owner, _known) = (names.Of("trying", user), names.Of("owner", user, address ?? ""), names.Of("known", address ?? ""));
        (_ofUser, _ofAddress) = (names.Guess(userName, guess.ForUser.Span), names.Guess(addressName, guess.ForAddress.Span));
    }

    /// <inheritdoc/>
    public async ValueTask<SharedTurn> TakeTurnAsync(bool isOwner, bool isKnown, double chance)
    {
        var answer = await _link.AskAsync(
            SharedScripts.Turn,
            [_user, _trying, _owner, _address, _known],
            [
                _ofUser, _ofAddress, _hasAddress, isOwner, isKnown, _options.Free, _options.FreeWhereKnown, Milliseconds(_options.FirstDelay),
                Milliseconds(_options.LongestDelay), Milliseconds(_options.LongestWait), Milliseconds(_options.Memory), chance,
            ]);
        return answer is null ? default : new SharedTurn(true, (long)answer is var wait && wait < 0 ? null : TimeSpan.FromMilliseconds(wait));
    }

    /// <inheritdoc/>
    public void Failed() => _link.Tell(SharedScripts.Failed, [_user, _trying, _address], [_ofUser, _ofAddress, _hasAddress, Milliseconds(_options.Memory)]);

    /// <inheritdoc/>
    public void Succeeded() => _link.Tell(SharedScripts.Succeeded, [_trying, _owner, _known], [_ofUser, _hasAddress, Milliseconds(_options.Known)]);

    /// <inheritdoc/>
    public void Ended() => _link.Tell(SharedScripts.Ended, [_trying], [_ofUser]);

    private static long Milliseconds(TimeSpan span) => Math.Max(1, (long)span.TotalMilliseconds);
}
