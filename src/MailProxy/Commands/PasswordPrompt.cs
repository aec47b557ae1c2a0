using System.Text;

namespace MailProxy.Commands;

/// <summary>Reads a password: from the terminal without showing it, or a line of standard input when that is no terminal.</summary>
internal static class PasswordPrompt
{
    /// <summary>UTF-8 octets; null when nothing came.</summary>
    public static byte[]? Read(string prompt)
    {
        if (Console.IsInputRedirected)
        {
            return Console.In.ReadLine() is { } line ? Encoding.UTF8.GetBytes(line) : null;
        }

        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    Console.Error.WriteLine();
                    var octets = Encoding.UTF8.GetBytes(typed.ToString());
                    typed.Clear();
                    return octets;
                case ConsoleKey.Backspace when typed.Length > 0:
                    typed.Length--;
                    break;
                case ConsoleKey.Backspace:
                    break;
                default:
                    typed.Append(key.KeyChar);
                    break;
            }
        }
    }
}
