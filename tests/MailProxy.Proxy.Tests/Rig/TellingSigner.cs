using System.Text;
using MailProxy.Directory;
using MailProxy.Proxy.StoreLogin;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>Tokens that say what they are for, in letters that a token may have.</summary>
internal sealed class TellingSigner : IStoreTokenSigner
{
    public Secret Sign(string store, string user, string protocol, string sessionId) =>
        new(Encoding.ASCII.GetBytes($"{store}/{user.Replace('@', '~')}/{protocol}/{(sessionId.Length > 0 ? "session" : "none")}"));
}
