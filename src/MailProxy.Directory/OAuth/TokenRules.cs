using MailProxy.Directory.HttpAuth;

namespace MailProxy.Directory.OAuth;

/// <summary>What a token must say besides being genuine. The same for a token's own claims and for an introspection's answer. Pure but for the clock.</summary>
internal sealed class TokenRules(OAuthOptions options, TimeProvider time)
{
    /// <summary>True when a token is of this issuer; asked before anything else: another's token is another provider's matter.</summary>
    public bool IsOurs(TokenClaims claims) => claims.Text("iss") == options.Issuer;

    /// <summary>Judges.</summary>
    /// <param name="claims">Genuine.</param>
    /// <param name="mustEnd">It must say when it ends.</param>
    public TokenVerdict Judge(TokenClaims claims, bool mustEnd)
    {
        var now = time.GetUtcNow();
        if (options.Issuer.Length > 0 && claims.Has("iss") && !IsOurs(claims))
        {
            return new TokenVerdict(AuthenticationOutcome.NoSuchUser, $"it is a token of '{HeaderText.Printable(claims.Text("iss") ?? "?", 100)}'");
        }

        if (!claims.TryTime("exp", out var end) || !claims.TryTime("nbf", out var begin) || (mustEnd && end is null))
        {
            return TokenVerdict.Bad("exp or nbf is missing or no time");
        }

        if (begin > now + options.ClockSkew)
        {
            return TokenVerdict.Bad($"it is not good before {begin:u} (nbf), and it is {now:u}");
        }

        var audiences = claims.Texts("aud");
        if (options.Audiences.Count > 0 && !audiences.Any(options.Audiences.Contains))
        {
            return new TokenVerdict(
                AuthenticationOutcome.NotAuthorized, $"it is meant for '{HeaderText.Printable(string.Join(' ', audiences), 200)}' (aud), and not for any of {nameof(options.Audiences)}");
        }

        // Told only of a token that was good for this once: whoever hears it learns nothing that they did not know.
        if (end <= now - options.ClockSkew)
        {
            return new TokenVerdict(AuthenticationOutcome.Expired, $"it ended at {end:u} (exp)");
        }

        HashSet<string> scopes = [.. claims.Words("scope"), .. claims.Words("scp")];
        return options.Scopes.FirstOrDefault(scope => !scopes.Contains(scope)) is { } missing
            ? new TokenVerdict(AuthenticationOutcome.NotAuthorized, $"it lacks the scope '{missing}'") { LacksScope = true }
            : new TokenVerdict(AuthenticationOutcome.Authenticated, "", claims, end);
    }
}
