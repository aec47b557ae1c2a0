using System.CommandLine;
using MailProxy.Configuration;

namespace MailProxy.Commands;

/// <summary><c>mailproxy check --config F</c>: validates a configuration and lists every error at once; starts nothing.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var arguments = ConfigArguments.OfNode();
        var command = new Command("check", "Validate a configuration file and list every error at once.");
        arguments.AddTo(command);
        command.SetAction(parsed => Check(arguments.File(parsed), arguments.Overrides(parsed)));
        return command;
    }

    private static int Check(string file, IReadOnlyList<string> overrides)
    {
        try
        {
            var kind = ConfigurationLoader.KindOf(file);
            if (kind == typeof(StoreConfig))
            {
                ConfigurationLoader.Load<StoreConfig>(file, overrides);
            }
            else
            {
                ConfigurationLoader.Load<ProxyConfig>(file, overrides);
            }

            Console.WriteLine($"{file}: a valid {(kind == typeof(StoreConfig) ? "store" : "proxy")} configuration.");
            return 0;
        }
        catch (InvalidConfigurationException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }
}
