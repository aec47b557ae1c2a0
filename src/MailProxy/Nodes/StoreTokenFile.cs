using MailProxy.Configuration;
using MailProxy.Http;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Store.Access;
using MailProxy.Store.Access.Tokens;
using Microsoft.Extensions.Logging;

namespace MailProxy.Nodes;

/// <summary>Both ends of proxies' tokens, where they are configured.</summary>
internal static class StoreTokenFile
{
    /// <summary>A proxy's; null: no key is configured.</summary>
    public static StoreTokenSigner? Signer(StoresOptions options, ILogger logger, TimeProvider time) =>
        string.IsNullOrEmpty(options.TokenKeyFile) ? null : new StoreTokenSigner(options.TokenKeyFile, options.TokenIssuer, logger, time);

    /// <summary>A store's; null: no keys are configured.</summary>
    public static StoreTokenVerifier? Verifier(AccessOptions options, string storeId, ILogger logger, TimeProvider time) =>
        options.TokenKeysFile.Length == 0 ? null : new StoreTokenVerifier(options.TokenKeysFile, options.TokenIssuer, storeId, logger, time);

    /// <summary>For users' HTTP: stores whose login is <c>token</c> get one with each request, all others none.</summary>
    public static StoreTokenSource Source(StoresOptions options, StoreTokenSigner? signer) => (store, user) =>
        StoreLoginMethods.Of(store, options.Login) != StoreLoginMethod.Token ? StoreTokenAnswer.NotNeeded
            : signer is null ? StoreTokenAnswer.Missing
            : new StoreTokenAnswer(true, signer.Sign(store.Id, user, "http", ""));
}
