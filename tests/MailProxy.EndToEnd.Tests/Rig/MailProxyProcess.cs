using System.Diagnostics;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>The real executable as a process of its own.</summary>
internal sealed class MailProxyProcess : WatchedProcess
{
    private MailProxyProcess(ProcessStartInfo start)
        : base(start)
    {
    }

    /// <summary>Starts <c>mailproxy ARGUMENTS</c>.</summary>
    public static MailProxyProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "mailproxy.dll"), .. arguments]);

        // What is set for the tests' own sake must not reach the product.
        start.Environment.Remove("CONSUL_HTTP_ADDR");
        return new MailProxyProcess(start);
    }
}
