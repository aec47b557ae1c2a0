using MailProxy.Directory;
using MailProxy.Protocols.Sasl;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Failures;
using MailProxy.Routing.Catalog;

namespace MailProxy.Proxy.StoreLogin;

/// <summary>By what the proxy logs in at one store: the method as it is used, and the secret that goes with it. For one login; whoever made it disposes it.</summary>
internal sealed class StoreCredential : IDisposable
{
    private readonly Secret? _own;

    private StoreCredential(StoreLoginMethod method, Secret secret, Secret? own) => (Method, Secret, _own) = (method, secret, own);

    /// <summary>Never <see cref="StoreLoginMethod.Password"/> when the secret is a token.</summary>
    public StoreLoginMethod Method { get; }

    /// <summary>Password: the client's, or what the directory put in its place. Token and Bearer: the token's octets. Otherwise of no use.</summary>
    public Secret Secret { get; }

    /// <summary>
    /// Chooses for a store. Failures: NoRoute for a word of the catalog that is none of ours; StoreRefusedLogin when the method needs what this proxy or
    /// this client has not: the user was right, so it is told as temporary, and the detail says what to configure.
    /// </summary>
    /// <param name="node">The store.</param>
    /// <param name="user">Who logs in.</param>
    /// <param name="attempt">What the client said.</param>
    /// <param name="settings">The proxy's.</param>
    /// <param name="protocol">The client's, by its name.</param>
    /// <param name="sessionId">For the store's log.</param>
    public static Outcome<StoreCredential> For(
        StoreNode node, DirectoryUser user, LoginAttempt attempt, ProxySettings settings, string protocol, string sessionId)
    {
        if (StoreLoginMethods.Of(node, settings.Stores.Login) is not { } method)
        {
            return Outcome<StoreCredential>.Failed(ProxyFailure.NoRoute, $"{node.Id} asks for the login method '{node.Login}', which is none of ours");
        }

        switch (method)
        {
            case StoreLoginMethod.Master when settings.Master is null:
                return Refused($"{node.Id} asks for login 'master', but this proxy has no account there: set Stores:MasterUser and Stores:MasterPasswordFile");
            case StoreLoginMethod.Token when settings.Tokens is null:
                return Refused($"{node.Id} asks for login 'token', but this proxy cannot sign any: set Stores:TokenKeyFile");
            case StoreLoginMethod.Token:
                var token = settings.Tokens.Sign(node.Id, user.Login?.Name ?? user.Name, protocol, sessionId);
                return new StoreCredential(method, token, token);
            case StoreLoginMethod.Password or StoreLoginMethod.Bearer:
                return OfClient(node, method, user, attempt);
            default:
                return new StoreCredential(method, attempt.Secret, null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _own?.Dispose();

    private static Outcome<StoreCredential> OfClient(StoreNode node, StoreLoginMethod method, DirectoryUser user, LoginAttempt attempt)
    {
        // What the directory put in the client's place is for this login and nothing else; it is what the method says.
        if (user.Login?.Secret is { } rewritten)
        {
            var own = rewritten.Open(attempt.Secret);
            if (method == StoreLoginMethod.Password || BearerToken.IsValid(own.Octets.Span))
            {
                return new StoreCredential(method, own, own);
            }

            own.Dispose();
            return Refused($"{node.Id} asks for login 'bearer', but what the directory says in the client's place is no token");
        }

        // A token must not go out as a password: stores log and keep those in other ways.
        if (attempt.Proof is not null)
        {
            return Refused(
                $"{node.Id} is logged in at with what the client sent, and {attempt.Mechanism} brings nothing to pass on: give the store the login 'external', "
                + "'master' or 'token', or take the mechanism out of Authentication:Mechanisms");
        }

        return attempt.IsToken ? new StoreCredential(StoreLoginMethod.Bearer, attempt.Secret, null)
            : method == StoreLoginMethod.Password ? new StoreCredential(method, attempt.Secret, null)
            : Refused($"{node.Id} asks for login 'bearer', but the client came by {attempt.Mechanism} with a password: offer OAUTHBEARER and XOAUTH2 only, or use another login for this store");
    }

    private static Outcome<StoreCredential> Refused(string detail) => Outcome<StoreCredential>.Failed(ProxyFailure.StoreRefusedLogin, detail);
}
